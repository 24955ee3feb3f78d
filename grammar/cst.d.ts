/** Generated from grammar.ts by scripts/generate-grammar.ts: edit that, not this. */
import type { CstNode, ICstVisitor, IToken } from "chevrotain";

export interface PolicyCstNode extends CstNode {
  name: "policy";
  children: PolicyCstChildren;
}

export type PolicyCstChildren = {
  item?: ItemCstNode[];
};

export interface ItemCstNode extends CstNode {
  name: "item";
  children: ItemCstChildren;
}

export type ItemCstChildren = {
  use?: UseCstNode[];
  let?: LetCstNode[];
  defaults?: DefaultsCstNode[];
  jail?: JailCstNode[];
  filter?: FilterCstNode[];
  action?: ActionCstNode[];
  serve?: ServeCstNode[];
  fleet?: FleetCstNode[];
};

export interface UseCstNode extends CstNode {
  name: "use";
  children: UseCstChildren;
}

export type UseCstChildren = {
  Use: IToken[];
  StdModule?: IToken[];
  Text?: IToken[];
  Comma?: IToken[];
};

export interface LetCstNode extends CstNode {
  name: "let";
  children: LetCstChildren;
}

export type LetCstChildren = {
  Let: IToken[];
  Name: IToken[];
  Assign: IToken[];
  value: ValueCstNode[];
};

export interface DefaultsCstNode extends CstNode {
  name: "defaults";
  children: DefaultsCstChildren;
}

export type DefaultsCstChildren = {
  Defaults: IToken[];
  jailBody: JailBodyCstNode[];
};

export interface JailCstNode extends CstNode {
  name: "jail";
  children: JailCstChildren;
}

export type JailCstChildren = {
  Jail: IToken[];
  Name: IToken[];
  jailBody: JailBodyCstNode[];
};

export interface ServeCstNode extends CstNode {
  name: "serve";
  children: ServeCstChildren;
}

export type ServeCstChildren = {
  Serve: IToken[];
  Name: IToken[];
  On: IToken[];
  text: TextCstNode[];
};

export interface FleetCstNode extends CstNode {
  name: "fleet";
  children: FleetCstChildren;
}

export type FleetCstChildren = {
  Fleet: IToken[];
  Name: IToken[];
  text: TextCstNode[];
  LCurly: IToken[];
  share?: ShareCstNode[];
  RCurly: IToken[];
};

export interface ShareCstNode extends CstNode {
  name: "share";
  children: ShareCstChildren;
}

export type ShareCstChildren = {
  Name: (IToken)[];
};

export interface ValueCstNode extends CstNode {
  name: "value";
  children: ValueCstChildren;
}

export type ValueCstChildren = {
  text?: TextCstNode[];
  Regex?: IToken[];
  Address?: IToken[];
  Duration?: IToken[];
  Int?: IToken[];
  Family?: IToken[];
  Path?: IToken[];
  True?: IToken[];
  False?: IToken[];
  list?: ListCstNode[];
  object?: ObjectCstNode[];
  reference?: ReferenceCstNode[];
};

export interface ListCstNode extends CstNode {
  name: "list";
  children: ListCstChildren;
}

export type ListCstChildren = {
  LSquare: IToken[];
  value?: ValueCstNode[];
  Comma?: IToken[];
  RSquare: IToken[];
};

export interface ObjectCstNode extends CstNode {
  name: "object";
  children: ObjectCstChildren;
}

export type ObjectCstChildren = {
  LCurly: IToken[];
  entry?: EntryCstNode[];
  Comma?: IToken[];
  RCurly: IToken[];
};

export interface EntryCstNode extends CstNode {
  name: "entry";
  children: EntryCstChildren;
}

export type EntryCstChildren = {
  Name?: IToken[];
  Text?: IToken[];
  Colon: IToken[];
  value: ValueCstNode[];
};

export interface ReferenceCstNode extends CstNode {
  name: "reference";
  children: ReferenceCstChildren;
}

export type ReferenceCstChildren = {
  Name: IToken[];
  text?: TextCstNode[];
  object?: ObjectCstNode[];
};

export interface TextCstNode extends CstNode {
  name: "text";
  children: TextCstChildren;
}

export type TextCstChildren = {
  Text?: IToken[];
  Raw?: IToken[];
};

export interface PatternCstNode extends CstNode {
  name: "pattern";
  children: PatternCstChildren;
}

export type PatternCstChildren = {
  text?: TextCstNode[];
  Regex?: IToken[];
};

export interface ParamsCstNode extends CstNode {
  name: "params";
  children: ParamsCstChildren;
}

export type ParamsCstChildren = {
  LParen: IToken[];
  param?: ParamCstNode[];
  Comma?: IToken[];
  RParen: IToken[];
};

export interface ParamCstNode extends CstNode {
  name: "param";
  children: ParamCstChildren;
}

export type ParamCstChildren = {
  Name: IToken[];
  Colon: IToken[];
  choice: (ChoiceCstNode)[];
  Bar?: IToken[];
  Assign?: IToken[];
  value?: ValueCstNode[];
};

export interface ChoiceCstNode extends CstNode {
  name: "choice";
  children: ChoiceCstChildren;
}

export type ChoiceCstChildren = {
  Name?: IToken[];
  Int?: IToken[];
};

export interface CallCstNode extends CstNode {
  name: "call";
  children: CallCstChildren;
}

export type CallCstChildren = {
  Name: IToken[];
  args?: ArgsCstNode[];
};

export interface ArgsCstNode extends CstNode {
  name: "args";
  children: ArgsCstChildren;
}

export type ArgsCstChildren = {
  LParen: IToken[];
  argument?: ArgumentCstNode[];
  Comma?: IToken[];
  RParen: IToken[];
};

export interface ArgumentCstNode extends CstNode {
  name: "argument";
  children: ArgumentCstChildren;
}

export type ArgumentCstChildren = {
  Name: IToken[];
  Colon: IToken[];
  value: ValueCstNode[];
};

export interface FilterCstNode extends CstNode {
  name: "filter";
  children: FilterCstChildren;
}

export type FilterCstChildren = {
  Filter: IToken[];
  Name: IToken[];
  params?: ParamsCstNode[];
  filterBody: FilterBodyCstNode[];
};

export interface FilterBodyCstNode extends CstNode {
  name: "filterBody";
  children: FilterBodyCstChildren;
}

export type FilterBodyCstChildren = {
  LCurly: IToken[];
  filterStatement?: FilterStatementCstNode[];
  RCurly: IToken[];
};

export interface FilterStatementCstNode extends CstNode {
  name: "filterStatement";
  children: FilterStatementCstChildren;
}

export type FilterStatementCstChildren = {
  describe?: DescribeCstNode[];
  let?: LetCstNode[];
  format?: FormatCstNode[];
  frame?: FrameCstNode[];
  session?: SessionCstNode[];
  rule?: RuleCstNode[];
  when?: WhenCstNode[];
  filterTest?: FilterTestCstNode[];
};

export interface DescribeCstNode extends CstNode {
  name: "describe";
  children: DescribeCstChildren;
}

export type DescribeCstChildren = {
  Describe: IToken[];
  text: TextCstNode[];
};

export interface FormatCstNode extends CstNode {
  name: "format";
  children: FormatCstChildren;
}

export type FormatCstChildren = {
  Format: IToken[];
  Name: IToken[];
  formatClause?: FormatClauseCstNode[];
  fields?: FieldsCstNode[];
};

export interface FormatClauseCstNode extends CstNode {
  name: "formatClause";
  children: FormatClauseCstChildren;
}

export type FormatClauseCstChildren = {
  Program?: IToken[];
  pattern?: PatternCstNode[];
  Comma?: (IToken)[];
  With?: IToken[];
  Name?: IToken[];
  Time?: IToken[];
  formatTime?: FormatTimeCstNode[];
  Window?: IToken[];
  Int?: IToken[];
};

export interface FormatTimeCstNode extends CstNode {
  name: "formatTime";
  children: FormatTimeCstChildren;
}

export type FormatTimeCstChildren = {
  text?: (TextCstNode)[];
  Last?: IToken[];
  None?: IToken[];
  timePlace?: TimePlaceCstNode[];
};

export interface TimePlaceCstNode extends CstNode {
  name: "timePlace";
  children: TimePlaceCstChildren;
}

export type TimePlaceCstChildren = {
  Start?: IToken[];
  Leading?: IToken[];
  Anywhere?: IToken[];
};

export interface FieldsCstNode extends CstNode {
  name: "fields";
  children: FieldsCstChildren;
}

export type FieldsCstChildren = {
  LCurly: IToken[];
  field?: FieldCstNode[];
  RCurly: IToken[];
};

export interface FieldCstNode extends CstNode {
  name: "field";
  children: FieldCstChildren;
}

export type FieldCstChildren = {
  Name: (IToken)[];
  Path: IToken[];
  Colon?: IToken[];
};

export interface FrameCstNode extends CstNode {
  name: "frame";
  children: FrameCstChildren;
}

export type FrameCstChildren = {
  Frame: IToken[];
  pattern: PatternCstNode[];
};

export interface SessionCstNode extends CstNode {
  name: "session";
  children: SessionCstChildren;
}

export type SessionCstChildren = {
  Session: IToken[];
  By: IToken[];
  Name: IToken[];
  Within?: IToken[];
  Duration?: IToken[];
};

export interface RuleCstNode extends CstNode {
  name: "rule";
  children: RuleCstChildren;
}

export type RuleCstChildren = {
  Fail?: IToken[];
  Note?: IToken[];
  Clear?: IToken[];
  Ignore?: IToken[];
  As?: IToken[];
  Name?: IToken[];
  pattern?: PatternCstNode[];
  Where?: IToken[];
  expr?: ExprCstNode[];
  Weight?: IToken[];
  Int?: IToken[];
  End?: IToken[];
};

export interface WhenCstNode extends CstNode {
  name: "when";
  children: WhenCstChildren;
}

export type WhenCstChildren = {
  When: IToken[];
  expr: ExprCstNode[];
  filterBody: (FilterBodyCstNode)[];
  Else?: IToken[];
};

export interface FilterTestCstNode extends CstNode {
  name: "filterTest";
  children: FilterTestCstChildren;
}

export type FilterTestCstChildren = {
  Test: IToken[];
  args?: ArgsCstNode[];
  LCurly: IToken[];
  filterTestLine?: FilterTestLineCstNode[];
  RCurly: IToken[];
};

export interface FilterTestLineCstNode extends CstNode {
  name: "filterTestLine";
  children: FilterTestLineCstChildren;
}

export type FilterTestLineCstChildren = {
  Fails?: IToken[];
  Passes?: IToken[];
  text: TextCstNode[];
  As?: IToken[];
  object?: ObjectCstNode[];
};

export interface ExprCstNode extends CstNode {
  name: "expr";
  children: ExprCstChildren;
}

export type ExprCstChildren = {
  unary: (UnaryCstNode)[];
  And?: IToken[];
  Or?: IToken[];
};

export interface UnaryCstNode extends CstNode {
  name: "unary";
  children: UnaryCstChildren;
}

export type UnaryCstChildren = {
  Not?: IToken[];
  LParen?: IToken[];
  expr?: ExprCstNode[];
  RParen?: IToken[];
  has?: HasCstNode[];
  test?: TestCstNode[];
};

export interface HasCstNode extends CstNode {
  name: "has";
  children: HasCstChildren;
}

export type HasCstChildren = {
  Has: IToken[];
  operand: OperandCstNode[];
};

export interface OperandCstNode extends CstNode {
  name: "operand";
  children: OperandCstChildren;
}

export type OperandCstChildren = {
  Name?: IToken[];
  Path?: IToken[];
};

export interface TestCstNode extends CstNode {
  name: "test";
  children: TestCstChildren;
}

export type TestCstChildren = {
  operand: OperandCstNode[];
  compare?: CompareCstNode[];
  isIn?: IsInCstNode[];
  matches?: MatchesCstNode[];
};

export interface CompareCstNode extends CstNode {
  name: "compare";
  children: CompareCstChildren;
}

export type CompareCstChildren = {
  Equal?: IToken[];
  NotEqual?: IToken[];
  LessEqual?: IToken[];
  GreaterEqual?: IToken[];
  Less?: IToken[];
  Greater?: IToken[];
  scalar: ScalarCstNode[];
};

export interface IsInCstNode extends CstNode {
  name: "isIn";
  children: IsInCstChildren;
}

export type IsInCstChildren = {
  In: IToken[];
  list?: ListCstNode[];
  Name?: IToken[];
};

export interface MatchesCstNode extends CstNode {
  name: "matches";
  children: MatchesCstChildren;
}

export type MatchesCstChildren = {
  Matches: IToken[];
  pattern: PatternCstNode[];
};

export interface ScalarCstNode extends CstNode {
  name: "scalar";
  children: ScalarCstChildren;
}

export type ScalarCstChildren = {
  text?: TextCstNode[];
  Int?: IToken[];
  Duration?: IToken[];
  Address?: IToken[];
  Name?: IToken[];
  True?: IToken[];
  False?: IToken[];
};

export interface JailBodyCstNode extends CstNode {
  name: "jailBody";
  children: JailBodyCstChildren;
}

export type JailBodyCstChildren = {
  LCurly: IToken[];
  jailStatement?: JailStatementCstNode[];
  RCurly: IToken[];
};

export interface JailStatementCstNode extends CstNode {
  name: "jailStatement";
  children: JailStatementCstChildren;
}

export type JailStatementCstChildren = {
  watch?: WatchCstNode[];
  jailFilters?: JailFiltersCstNode[];
  jailIgnore?: JailIgnoreCstNode[];
  by?: ByCstNode[];
  ban?: BanCstNode[];
  neverBan?: NeverBanCstNode[];
  behind?: BehindCstNode[];
  observe?: ObserveCstNode[];
  remember?: RememberCstNode[];
  ports?: PortsCstNode[];
  doActions?: DoActionsCstNode[];
  resolveHosts?: ResolveHostsCstNode[];
  jailTest?: JailTestCstNode[];
};

export interface WatchCstNode extends CstNode {
  name: "watch";
  children: WatchCstChildren;
}

export type WatchCstChildren = {
  Watch: IToken[];
  watchFile?: WatchFileCstNode[];
  watchJournal?: WatchJournalCstNode[];
  watchBans?: WatchBansCstNode[];
  watchSyslog?: WatchSyslogCstNode[];
  watchCommand?: WatchCommandCstNode[];
  Input?: IToken[];
  Default?: IToken[];
  watchClause?: WatchClauseCstNode[];
};

export interface WatchFileCstNode extends CstNode {
  name: "watchFile";
  children: WatchFileCstChildren;
}

export type WatchFileCstChildren = {
  File: IToken[];
  text: TextCstNode[];
  Comma?: IToken[];
};

export interface WatchJournalCstNode extends CstNode {
  name: "watchJournal";
  children: WatchJournalCstChildren;
}

export type WatchJournalCstChildren = {
  Journal: IToken[];
  Unit?: IToken[];
  Identifier?: IToken[];
  Match?: IToken[];
  text?: TextCstNode[];
  Comma?: IToken[];
};

export interface WatchBansCstNode extends CstNode {
  name: "watchBans";
  children: WatchBansCstChildren;
}

export type WatchBansCstChildren = {
  Bans: IToken[];
  Of?: IToken[];
  Name?: IToken[];
  Comma?: IToken[];
};

export interface WatchSyslogCstNode extends CstNode {
  name: "watchSyslog";
  children: WatchSyslogCstChildren;
}

export type WatchSyslogCstChildren = {
  Syslog: IToken[];
  On: IToken[];
  text: TextCstNode[];
};

export interface WatchCommandCstNode extends CstNode {
  name: "watchCommand";
  children: WatchCommandCstChildren;
}

export type WatchCommandCstChildren = {
  Command: IToken[];
  list: ListCstNode[];
};

export interface WatchClauseCstNode extends CstNode {
  name: "watchClause";
  children: WatchClauseCstChildren;
}

export type WatchClauseCstChildren = {
  As?: IToken[];
  Name?: IToken[];
  Zone?: IToken[];
  text?: TextCstNode[];
  From?: IToken[];
  Start?: IToken[];
  End?: IToken[];
};

export interface JailFiltersCstNode extends CstNode {
  name: "jailFilters";
  children: JailFiltersCstChildren;
}

export type JailFiltersCstChildren = {
  Filter: IToken[];
  call: CallCstNode[];
  Comma?: IToken[];
};

export interface JailIgnoreCstNode extends CstNode {
  name: "jailIgnore";
  children: JailIgnoreCstChildren;
}

export type JailIgnoreCstChildren = {
  Ignore: IToken[];
  As?: IToken[];
  Name?: IToken[];
  pattern?: PatternCstNode[];
  Where?: IToken[];
  expr?: ExprCstNode[];
};

export interface ByCstNode extends CstNode {
  name: "by";
  children: ByCstChildren;
}

export type ByCstChildren = {
  By: IToken[];
  Family?: IToken[];
  Comma?: IToken[];
  Name?: (IToken)[];
  And?: IToken[];
};

export interface BanCstNode extends CstNode {
  name: "ban";
  children: BanCstChildren;
}

export type BanCstChildren = {
  Ban: IToken[];
  Each?: IToken[];
  AddressWord?: IToken[];
  After: IToken[];
  Int: IToken[];
  banWhat: BanWhatCstNode[];
  by?: ByCstNode[];
  Within?: IToken[];
  Duration?: (IToken)[];
  For: IToken[];
  time: TimeCstNode[];
  doubling?: DoublingCstNode[];
  ladder?: LadderCstNode[];
  Jitter?: IToken[];
};

export interface BanWhatCstNode extends CstNode {
  name: "banWhat";
  children: BanWhatCstChildren;
}

export type BanWhatCstChildren = {
  Failure?: IToken[];
  Failures?: IToken[];
  Bans?: IToken[];
  Distinct?: IToken[];
  Name?: IToken[];
};

export interface DoublingCstNode extends CstNode {
  name: "doubling";
  children: DoublingCstChildren;
}

export type DoublingCstChildren = {
  Doubling: IToken[];
  To: IToken[];
  Duration: IToken[];
};

export interface LadderCstNode extends CstNode {
  name: "ladder";
  children: LadderCstChildren;
}

export type LadderCstChildren = {
  Then: IToken[];
  time: TimeCstNode[];
};

export interface TimeCstNode extends CstNode {
  name: "time";
  children: TimeCstChildren;
}

export type TimeCstChildren = {
  Duration?: IToken[];
  Ever?: IToken[];
};

export interface NeverBanCstNode extends CstNode {
  name: "neverBan";
  children: NeverBanCstChildren;
}

export type NeverBanCstChildren = {
  Never: IToken[];
  Ban: IToken[];
  who: WhoCstNode[];
  Comma?: IToken[];
};

export interface BehindCstNode extends CstNode {
  name: "behind";
  children: BehindCstChildren;
}

export type BehindCstChildren = {
  Behind: IToken[];
  who: WhoCstNode[];
};

export interface WhoCstNode extends CstNode {
  name: "who";
  children: WhoCstChildren;
}

export type WhoCstChildren = {
  Address?: IToken[];
  list?: ListCstNode[];
  Name?: IToken[];
  text?: TextCstNode[];
};

export interface ObserveCstNode extends CstNode {
  name: "observe";
  children: ObserveCstChildren;
}

export type ObserveCstChildren = {
  Observe: IToken[];
};

export interface RememberCstNode extends CstNode {
  name: "remember";
  children: RememberCstChildren;
}

export type RememberCstChildren = {
  Remember: IToken[];
  Duration: IToken[];
  Across?: IToken[];
  Jails?: IToken[];
};

export interface PortsCstNode extends CstNode {
  name: "ports";
  children: PortsCstChildren;
}

export type PortsCstChildren = {
  Ports: IToken[];
  All?: IToken[];
  port?: PortCstNode[];
  Comma?: IToken[];
};

export interface PortCstNode extends CstNode {
  name: "port";
  children: PortCstChildren;
}

export type PortCstChildren = {
  Tcp?: IToken[];
  Udp?: IToken[];
  Int: (IToken)[];
  DotDot?: IToken[];
};

export interface DoActionsCstNode extends CstNode {
  name: "doActions";
  children: DoActionsCstChildren;
}

export type DoActionsCstChildren = {
  Do: IToken[];
  None?: IToken[];
  call?: CallCstNode[];
  Comma?: IToken[];
};

export interface ResolveHostsCstNode extends CstNode {
  name: "resolveHosts";
  children: ResolveHostsCstChildren;
}

export type ResolveHostsCstChildren = {
  Resolve: IToken[];
  Hosts: IToken[];
};

export interface JailTestCstNode extends CstNode {
  name: "jailTest";
  children: JailTestCstChildren;
}

export type JailTestCstChildren = {
  Test: IToken[];
  LCurly: IToken[];
  jailTestStep?: JailTestStepCstNode[];
  RCurly: IToken[];
};

export interface JailTestStepCstNode extends CstNode {
  name: "jailTestStep";
  children: JailTestStepCstChildren;
}

export type JailTestStepCstChildren = {
  Given?: IToken[];
  text?: TextCstNode[];
  Comma?: IToken[];
  Bans?: IToken[];
  Address?: (IToken)[];
  For?: IToken[];
  time?: TimeCstNode[];
  Spares?: IToken[];
};

export interface ActionCstNode extends CstNode {
  name: "action";
  children: ActionCstChildren;
}

export type ActionCstChildren = {
  Action: IToken[];
  Name: IToken[];
  params?: ParamsCstNode[];
  LCurly: IToken[];
  actionStatement?: ActionStatementCstNode[];
  RCurly: IToken[];
};

export interface ActionStatementCstNode extends CstNode {
  name: "actionStatement";
  children: ActionStatementCstChildren;
}

export type ActionStatementCstChildren = {
  let?: LetCstNode[];
  on?: OnCstNode[];
};

export interface OnCstNode extends CstNode {
  name: "on";
  children: OnCstChildren;
}

export type OnCstChildren = {
  On: IToken[];
  event: EventCstNode[];
  Comma?: IToken[];
  LCurly: IToken[];
  step?: StepCstNode[];
  RCurly: IToken[];
};

export interface EventCstNode extends CstNode {
  name: "event";
  children: EventCstChildren;
}

export type EventCstChildren = {
  Name: IToken[];
  All?: IToken[];
};

export interface StepCstNode extends CstNode {
  name: "step";
  children: StepCstChildren;
}

export type StepCstChildren = {
  Run?: IToken[];
  list?: ListCstNode[];
  Script?: IToken[];
  text?: (TextCstNode)[];
  Http?: IToken[];
  Name?: IToken[];
  arg?: (ArgCstNode)[];
  Mail?: IToken[];
  To?: IToken[];
  Write?: IToken[];
  Log?: IToken[];
  Call?: IToken[];
  clause?: ClauseCstNode[];
};

export interface ClauseCstNode extends CstNode {
  name: "clause";
  children: ClauseCstChildren;
}

export type ClauseCstChildren = {
  Keep?: IToken[];
  Name?: IToken[];
  Path?: IToken[];
  Timeout?: IToken[];
  Duration?: IToken[];
  Json?: IToken[];
  object?: (ObjectCstNode)[];
  Header?: IToken[];
  Bearer?: IToken[];
  arg?: (ArgCstNode)[];
  Input?: IToken[];
  Subject?: IToken[];
  Body?: IToken[];
  Expect?: IToken[];
  Int?: (IToken)[];
  DotDot?: IToken[];
};

export interface ArgCstNode extends CstNode {
  name: "arg";
  children: ArgCstChildren;
}

export type ArgCstChildren = {
  text?: TextCstNode[];
  list?: ListCstNode[];
  Name?: IToken[];
};

export interface ICstNodeVisitor<IN, OUT> extends ICstVisitor<IN, OUT> {
  policy(children: PolicyCstChildren, param?: IN): OUT;
  item(children: ItemCstChildren, param?: IN): OUT;
  use(children: UseCstChildren, param?: IN): OUT;
  let(children: LetCstChildren, param?: IN): OUT;
  defaults(children: DefaultsCstChildren, param?: IN): OUT;
  jail(children: JailCstChildren, param?: IN): OUT;
  serve(children: ServeCstChildren, param?: IN): OUT;
  fleet(children: FleetCstChildren, param?: IN): OUT;
  share(children: ShareCstChildren, param?: IN): OUT;
  value(children: ValueCstChildren, param?: IN): OUT;
  list(children: ListCstChildren, param?: IN): OUT;
  object(children: ObjectCstChildren, param?: IN): OUT;
  entry(children: EntryCstChildren, param?: IN): OUT;
  reference(children: ReferenceCstChildren, param?: IN): OUT;
  text(children: TextCstChildren, param?: IN): OUT;
  pattern(children: PatternCstChildren, param?: IN): OUT;
  params(children: ParamsCstChildren, param?: IN): OUT;
  param(children: ParamCstChildren, param?: IN): OUT;
  choice(children: ChoiceCstChildren, param?: IN): OUT;
  call(children: CallCstChildren, param?: IN): OUT;
  args(children: ArgsCstChildren, param?: IN): OUT;
  argument(children: ArgumentCstChildren, param?: IN): OUT;
  filter(children: FilterCstChildren, param?: IN): OUT;
  filterBody(children: FilterBodyCstChildren, param?: IN): OUT;
  filterStatement(children: FilterStatementCstChildren, param?: IN): OUT;
  describe(children: DescribeCstChildren, param?: IN): OUT;
  format(children: FormatCstChildren, param?: IN): OUT;
  formatClause(children: FormatClauseCstChildren, param?: IN): OUT;
  formatTime(children: FormatTimeCstChildren, param?: IN): OUT;
  timePlace(children: TimePlaceCstChildren, param?: IN): OUT;
  fields(children: FieldsCstChildren, param?: IN): OUT;
  field(children: FieldCstChildren, param?: IN): OUT;
  frame(children: FrameCstChildren, param?: IN): OUT;
  session(children: SessionCstChildren, param?: IN): OUT;
  rule(children: RuleCstChildren, param?: IN): OUT;
  when(children: WhenCstChildren, param?: IN): OUT;
  filterTest(children: FilterTestCstChildren, param?: IN): OUT;
  filterTestLine(children: FilterTestLineCstChildren, param?: IN): OUT;
  expr(children: ExprCstChildren, param?: IN): OUT;
  unary(children: UnaryCstChildren, param?: IN): OUT;
  has(children: HasCstChildren, param?: IN): OUT;
  operand(children: OperandCstChildren, param?: IN): OUT;
  test(children: TestCstChildren, param?: IN): OUT;
  compare(children: CompareCstChildren, param?: IN): OUT;
  isIn(children: IsInCstChildren, param?: IN): OUT;
  matches(children: MatchesCstChildren, param?: IN): OUT;
  scalar(children: ScalarCstChildren, param?: IN): OUT;
  jailBody(children: JailBodyCstChildren, param?: IN): OUT;
  jailStatement(children: JailStatementCstChildren, param?: IN): OUT;
  watch(children: WatchCstChildren, param?: IN): OUT;
  watchFile(children: WatchFileCstChildren, param?: IN): OUT;
  watchJournal(children: WatchJournalCstChildren, param?: IN): OUT;
  watchBans(children: WatchBansCstChildren, param?: IN): OUT;
  watchSyslog(children: WatchSyslogCstChildren, param?: IN): OUT;
  watchCommand(children: WatchCommandCstChildren, param?: IN): OUT;
  watchClause(children: WatchClauseCstChildren, param?: IN): OUT;
  jailFilters(children: JailFiltersCstChildren, param?: IN): OUT;
  jailIgnore(children: JailIgnoreCstChildren, param?: IN): OUT;
  by(children: ByCstChildren, param?: IN): OUT;
  ban(children: BanCstChildren, param?: IN): OUT;
  banWhat(children: BanWhatCstChildren, param?: IN): OUT;
  doubling(children: DoublingCstChildren, param?: IN): OUT;
  ladder(children: LadderCstChildren, param?: IN): OUT;
  time(children: TimeCstChildren, param?: IN): OUT;
  neverBan(children: NeverBanCstChildren, param?: IN): OUT;
  behind(children: BehindCstChildren, param?: IN): OUT;
  who(children: WhoCstChildren, param?: IN): OUT;
  observe(children: ObserveCstChildren, param?: IN): OUT;
  remember(children: RememberCstChildren, param?: IN): OUT;
  ports(children: PortsCstChildren, param?: IN): OUT;
  port(children: PortCstChildren, param?: IN): OUT;
  doActions(children: DoActionsCstChildren, param?: IN): OUT;
  resolveHosts(children: ResolveHostsCstChildren, param?: IN): OUT;
  jailTest(children: JailTestCstChildren, param?: IN): OUT;
  jailTestStep(children: JailTestStepCstChildren, param?: IN): OUT;
  action(children: ActionCstChildren, param?: IN): OUT;
  actionStatement(children: ActionStatementCstChildren, param?: IN): OUT;
  on(children: OnCstChildren, param?: IN): OUT;
  event(children: EventCstChildren, param?: IN): OUT;
  step(children: StepCstChildren, param?: IN): OUT;
  clause(children: ClauseCstChildren, param?: IN): OUT;
  arg(children: ArgCstChildren, param?: IN): OUT;
}
