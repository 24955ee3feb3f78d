/**
 * Tokens -> Chevrotain's concrete tree: the grammar of the language, pure shape, no actions.
 *
 * The rules stand in the order of language.md; README.md has an example of each. LL(2). Rules nest
 * through brackets only, whose depth compiler/1-read limits beforehand, so that no input overflows
 * the stack. What went wrong is told as labels, one a line; finding words for it is 1-read's.
 */
import {
  CstParser,
  EOF,
  type IParserErrorMessageProvider,
  type IToken,
  type TokenType,
  tokenMatcher,
} from "chevrotain";
import * as T from "./tokens.ts";

const opening = new Set([T.LCurly, T.LSquare, T.LParen]);
const closing = new Set([T.RCurly, T.RSquare, T.RParen]);

export class PolicyGrammar extends CstParser {
  /** Chevrotain's, not among its published types. */
  declare protected flattenFollowSet: () => TokenType[];

  /** `validate` looks for ambiguities: slow, and for the tests alone. */
  constructor(messages: IParserErrorMessageProvider, validate = false) {
    super(T.tokens, {
      recoveryEnabled: true,
      maxLookahead: 2,
      nodeLocationTracking: "onlyOffset",
      errorMessageProvider: messages,
      skipValidations: !validate,
    });
    this.performSelfAnalysis();
  }

  /**
   * Recovery skips brackets with all they hold: what is inside belongs to what went wrong. The two
   * methods below must walk alike, or `reSyncTo` waits for a token that was skipped.
   */
  protected override SKIP_TOKEN(): IToken {
    for (let left = this.#stepOver(1) - 1; left > 1; left--) super.SKIP_TOKEN();
    return super.SKIP_TOKEN();
  }

  /** Chevrotain's own, of version 11.2, but for the walk: where the parser can go on. */
  protected findReSyncTokenType(): TokenType {
    const follows = this.flattenFollowSet();
    for (let ahead = 1; ; ahead = this.#stepOver(ahead)) {
      const token = this.LA(ahead);
      const found = follows.find((type) => tokenMatcher(token, type));
      if (found !== undefined) return found;
      if (token.tokenType === EOF) return EOF;
    }
  }

  /** From one token ahead to the next, or behind the bracket that the one begins. */
  #stepOver(ahead: number): number {
    let depth = 0;
    for (let at = ahead; ; at++) {
      const { tokenType } = this.LA(at);
      if (tokenType === EOF) return Math.max(at, ahead + 1);
      if (opening.has(tokenType)) depth++;
      else if (closing.has(tokenType)) depth--;
      if (depth <= 0) return at + 1;
    }
  }

  readonly policy = this.RULE("policy", () => {
    this.MANY(() => {
      this.SUBRULE(this.item);
    });
  });

  readonly item = this.RULE("item", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.use) },
      { ALT: () => this.SUBRULE(this.let) },
      { ALT: () => this.SUBRULE(this.defaults) },
      { ALT: () => this.SUBRULE(this.jail) },
      { ALT: () => this.SUBRULE(this.filter) },
      { ALT: () => this.SUBRULE(this.action) },
      { ALT: () => this.SUBRULE(this.serve) },
      { ALT: () => this.SUBRULE(this.fleet) },
    ]);
  });

  readonly use = this.RULE("use", () => {
    this.CONSUME(T.Use);
    this.AT_LEAST_ONE_SEP({
      SEP: T.Comma,
      DEF: () => {
        this.OR([{ ALT: () => this.CONSUME(T.StdModule) }, { ALT: () => this.CONSUME(T.Text) }]);
      },
    });
  });

  readonly let = this.RULE("let", () => {
    this.CONSUME(T.Let);
    this.CONSUME(T.Name);
    this.CONSUME(T.Assign);
    this.SUBRULE(this.value);
  });

  readonly defaults = this.RULE("defaults", () => {
    this.CONSUME(T.Defaults);
    this.SUBRULE(this.jailBody);
  });

  readonly jail = this.RULE("jail", () => {
    this.CONSUME(T.Jail);
    this.CONSUME(T.Name);
    this.SUBRULE(this.jailBody);
  });

  readonly serve = this.RULE("serve", () => {
    this.CONSUME(T.Serve);
    this.CONSUME(T.Name);
    this.CONSUME(T.On);
    this.SUBRULE(this.text);
  });

  readonly fleet = this.RULE("fleet", () => {
    this.CONSUME(T.Fleet);
    this.CONSUME(T.Name);
    this.SUBRULE(this.text);
    this.CONSUME(T.LCurly);
    this.MANY(() => {
      this.SUBRULE(this.share);
    });
    this.CONSUME(T.RCurly);
  });

  readonly share = this.RULE("share", () => {
    this.CONSUME(T.Name);
    this.CONSUME2(T.Name);
  });

  // Values

  readonly value = this.RULE("value", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.text) },
      { ALT: () => this.CONSUME(T.Regex) },
      { ALT: () => this.CONSUME(T.Address) },
      { ALT: () => this.CONSUME(T.Duration) },
      { ALT: () => this.CONSUME(T.Int) },
      { ALT: () => this.CONSUME(T.Family) },
      { ALT: () => this.CONSUME(T.Path) },
      { ALT: () => this.CONSUME(T.True) },
      { ALT: () => this.CONSUME(T.False) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.object) },
      { ALT: () => this.SUBRULE(this.reference) },
    ]);
  });

  readonly list = this.RULE("list", () => {
    this.CONSUME(T.LSquare);
    this.MANY_SEP({
      SEP: T.Comma,
      DEF: () => {
        this.SUBRULE(this.value);
      },
    });
    this.CONSUME(T.RSquare);
  });

  readonly object = this.RULE("object", () => {
    this.CONSUME(T.LCurly);
    this.MANY_SEP({
      SEP: T.Comma,
      DEF: () => {
        this.SUBRULE(this.entry);
      },
    });
    this.CONSUME(T.RCurly);
  });

  readonly entry = this.RULE("entry", () => {
    this.OR([{ ALT: () => this.CONSUME(T.Name) }, { ALT: () => this.CONSUME(T.Text) }]);
    this.CONSUME(T.Colon);
    this.SUBRULE(this.value);
  });

  readonly reference = this.RULE("reference", () => {
    this.CONSUME(T.Name);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.SUBRULE(this.text) }, { ALT: () => this.SUBRULE(this.object) }]);
    });
  });

  readonly text = this.RULE("text", () => {
    this.OR([{ ALT: () => this.CONSUME(T.Text) }, { ALT: () => this.CONSUME(T.Raw) }]);
  });

  readonly pattern = this.RULE("pattern", () => {
    this.OR([{ ALT: () => this.SUBRULE(this.text) }, { ALT: () => this.CONSUME(T.Regex) }]);
  });

  readonly params = this.RULE("params", () => {
    this.CONSUME(T.LParen);
    this.MANY_SEP({
      SEP: T.Comma,
      DEF: () => {
        this.SUBRULE(this.param);
      },
    });
    this.CONSUME(T.RParen);
  });

  readonly param = this.RULE("param", () => {
    this.CONSUME(T.Name);
    this.CONSUME(T.Colon);
    this.SUBRULE(this.choice);
    this.MANY(() => {
      this.CONSUME(T.Bar);
      this.SUBRULE2(this.choice);
    });
    this.OPTION(() => {
      this.CONSUME(T.Assign);
      this.SUBRULE(this.value);
    });
  });

  readonly choice = this.RULE("choice", () => {
    this.OR([{ ALT: () => this.CONSUME(T.Name) }, { ALT: () => this.CONSUME(T.Int) }]);
  });

  readonly call = this.RULE("call", () => {
    this.CONSUME(T.Name);
    this.OPTION(() => {
      this.SUBRULE(this.args);
    });
  });

  readonly args = this.RULE("args", () => {
    this.CONSUME(T.LParen);
    this.MANY_SEP({
      SEP: T.Comma,
      DEF: () => {
        this.SUBRULE(this.argument);
      },
    });
    this.CONSUME(T.RParen);
  });

  readonly argument = this.RULE("argument", () => {
    this.CONSUME(T.Name);
    this.CONSUME(T.Colon);
    this.SUBRULE(this.value);
  });

  // Filters

  readonly filter = this.RULE("filter", () => {
    this.CONSUME(T.Filter);
    this.CONSUME(T.Name);
    this.OPTION(() => {
      this.SUBRULE(this.params);
    });
    this.SUBRULE(this.filterBody);
  });

  readonly filterBody = this.RULE("filterBody", () => {
    this.CONSUME(T.LCurly);
    this.MANY(() => {
      this.SUBRULE(this.filterStatement);
    });
    this.CONSUME(T.RCurly);
  });

  readonly filterStatement = this.RULE("filterStatement", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.describe) },
      { ALT: () => this.SUBRULE(this.let) },
      { ALT: () => this.SUBRULE(this.format) },
      { ALT: () => this.SUBRULE(this.frame) },
      { ALT: () => this.SUBRULE(this.session) },
      { ALT: () => this.SUBRULE(this.rule) },
      { ALT: () => this.SUBRULE(this.when) },
      { ALT: () => this.SUBRULE(this.filterTest) },
    ]);
  });

  readonly describe = this.RULE("describe", () => {
    this.CONSUME(T.Describe);
    this.SUBRULE(this.text);
  });

  readonly format = this.RULE("format", () => {
    this.CONSUME(T.Format);
    this.CONSUME(T.Name);
    this.MANY(() => {
      this.SUBRULE(this.formatClause);
    });
    this.OPTION(() => {
      this.SUBRULE(this.fields);
    });
  });

  readonly formatClause = this.RULE("formatClause", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Program);
          this.AT_LEAST_ONE_SEP({
            SEP: T.Comma,
            DEF: () => {
              this.SUBRULE(this.pattern);
            },
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.With);
          this.AT_LEAST_ONE_SEP2({
            SEP: T.Comma,
            DEF: () => {
              this.CONSUME(T.Name);
            },
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Time);
          this.SUBRULE(this.formatTime);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Window);
          this.CONSUME(T.Int);
        },
      },
    ]);
  });

  readonly formatTime = this.RULE("formatTime", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.text) },
      { ALT: () => this.CONSUME(T.Last) },
      { ALT: () => this.CONSUME(T.None) },
      {
        ALT: () => {
          this.SUBRULE(this.timePlace);
          this.OPTION(() => {
            this.SUBRULE2(this.text);
          });
        },
      },
    ]);
  });

  readonly timePlace = this.RULE("timePlace", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Start) },
      { ALT: () => this.CONSUME(T.Leading) },
      { ALT: () => this.CONSUME(T.Anywhere) },
    ]);
  });

  readonly fields = this.RULE("fields", () => {
    this.CONSUME(T.LCurly);
    this.MANY(() => {
      this.SUBRULE(this.field);
    });
    this.CONSUME(T.RCurly);
  });

  readonly field = this.RULE("field", () => {
    this.CONSUME(T.Name);
    this.CONSUME(T.Path);
    this.OPTION(() => {
      this.CONSUME(T.Colon);
      this.CONSUME2(T.Name);
    });
  });

  readonly frame = this.RULE("frame", () => {
    this.CONSUME(T.Frame);
    this.SUBRULE(this.pattern);
  });

  readonly session = this.RULE("session", () => {
    this.CONSUME(T.Session);
    this.CONSUME(T.By);
    this.CONSUME(T.Name);
    this.OPTION(() => {
      this.CONSUME(T.Within);
      this.CONSUME(T.Duration);
    });
  });

  readonly rule = this.RULE("rule", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Fail) },
      { ALT: () => this.CONSUME(T.Note) },
      { ALT: () => this.CONSUME(T.Clear) },
      { ALT: () => this.CONSUME(T.Ignore) },
    ]);
    this.OPTION(() => {
      this.CONSUME(T.As);
      this.CONSUME(T.Name);
    });
    this.OPTION2(() => {
      this.SUBRULE(this.pattern);
    });
    this.OPTION3(() => {
      this.CONSUME(T.Where);
      this.SUBRULE(this.expr);
    });
    this.OPTION4(() => {
      this.CONSUME(T.Weight);
      this.CONSUME(T.Int);
    });
    this.OPTION5(() => {
      this.CONSUME(T.End);
    });
  });

  readonly when = this.RULE("when", () => {
    this.CONSUME(T.When);
    this.SUBRULE(this.expr);
    this.SUBRULE(this.filterBody);
    this.OPTION(() => {
      this.CONSUME(T.Else);
      this.SUBRULE2(this.filterBody);
    });
  });

  readonly filterTest = this.RULE("filterTest", () => {
    this.CONSUME(T.Test);
    this.OPTION(() => {
      this.SUBRULE(this.args);
    });
    this.CONSUME(T.LCurly);
    this.MANY(() => {
      this.SUBRULE(this.filterTestLine);
    });
    this.CONSUME(T.RCurly);
  });

  readonly filterTestLine = this.RULE("filterTestLine", () => {
    this.OR([{ ALT: () => this.CONSUME(T.Fails) }, { ALT: () => this.CONSUME(T.Passes) }]);
    this.SUBRULE(this.text);
    this.OPTION(() => {
      this.CONSUME(T.As);
      this.SUBRULE(this.object);
    });
  });

  // Conditions

  readonly expr = this.RULE("expr", () => {
    this.SUBRULE(this.unary);
    this.OPTION(() => {
      this.OR([
        {
          ALT: () =>
            this.AT_LEAST_ONE(() => {
              this.CONSUME(T.And);
              this.SUBRULE2(this.unary);
            }),
        },
        {
          ALT: () =>
            this.AT_LEAST_ONE2(() => {
              this.CONSUME(T.Or);
              this.SUBRULE3(this.unary);
            }),
        },
      ]);
    });
  });

  readonly unary = this.RULE("unary", () => {
    // A loop, not a recursion: ten thousand times `not` is no reason to overflow.
    this.MANY(() => {
      this.CONSUME(T.Not);
    });
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.LParen);
          this.SUBRULE(this.expr);
          this.CONSUME(T.RParen);
        },
      },
      { ALT: () => this.SUBRULE(this.has) },
      { ALT: () => this.SUBRULE(this.test) },
    ]);
  });

  readonly has = this.RULE("has", () => {
    this.CONSUME(T.Has);
    this.SUBRULE(this.operand);
  });

  readonly operand = this.RULE("operand", () => {
    this.OR([{ ALT: () => this.CONSUME(T.Name) }, { ALT: () => this.CONSUME(T.Path) }]);
  });

  readonly test = this.RULE("test", () => {
    this.SUBRULE(this.operand);
    this.OR([
      { ALT: () => this.SUBRULE(this.compare) },
      { ALT: () => this.SUBRULE(this.isIn) },
      { ALT: () => this.SUBRULE(this.matches) },
    ]);
  });

  readonly compare = this.RULE("compare", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Equal) },
      { ALT: () => this.CONSUME(T.NotEqual) },
      { ALT: () => this.CONSUME(T.LessEqual) },
      { ALT: () => this.CONSUME(T.GreaterEqual) },
      { ALT: () => this.CONSUME(T.Less) },
      { ALT: () => this.CONSUME(T.Greater) },
    ]);
    this.SUBRULE(this.scalar);
  });

  readonly isIn = this.RULE("isIn", () => {
    this.CONSUME(T.In);
    this.OR([{ ALT: () => this.SUBRULE(this.list) }, { ALT: () => this.CONSUME(T.Name) }]);
  });

  readonly matches = this.RULE("matches", () => {
    this.CONSUME(T.Matches);
    this.SUBRULE(this.pattern);
  });

  readonly scalar = this.RULE("scalar", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.text) },
      { ALT: () => this.CONSUME(T.Int) },
      { ALT: () => this.CONSUME(T.Duration) },
      { ALT: () => this.CONSUME(T.Address) },
      { ALT: () => this.CONSUME(T.Name) },
      { ALT: () => this.CONSUME(T.True) },
      { ALT: () => this.CONSUME(T.False) },
    ]);
  });

  // Jails

  readonly jailBody = this.RULE("jailBody", () => {
    this.CONSUME(T.LCurly);
    this.MANY(() => {
      this.SUBRULE(this.jailStatement);
    });
    this.CONSUME(T.RCurly);
  });

  readonly jailStatement = this.RULE("jailStatement", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.watch) },
      { ALT: () => this.SUBRULE(this.jailFilters) },
      { ALT: () => this.SUBRULE(this.jailIgnore) },
      { ALT: () => this.SUBRULE(this.by) },
      { ALT: () => this.SUBRULE(this.ban) },
      { ALT: () => this.SUBRULE(this.neverBan) },
      { ALT: () => this.SUBRULE(this.behind) },
      { ALT: () => this.SUBRULE(this.observe) },
      { ALT: () => this.SUBRULE(this.remember) },
      { ALT: () => this.SUBRULE(this.ports) },
      { ALT: () => this.SUBRULE(this.doActions) },
      { ALT: () => this.SUBRULE(this.resolveHosts) },
      { ALT: () => this.SUBRULE(this.jailTest) },
    ]);
  });

  readonly watch = this.RULE("watch", () => {
    this.CONSUME(T.Watch);
    this.OR([
      { ALT: () => this.SUBRULE(this.watchFile) },
      { ALT: () => this.SUBRULE(this.watchJournal) },
      { ALT: () => this.SUBRULE(this.watchBans) },
      { ALT: () => this.SUBRULE(this.watchSyslog) },
      { ALT: () => this.SUBRULE(this.watchCommand) },
      { ALT: () => this.CONSUME(T.Input) },
      { ALT: () => this.CONSUME(T.Default) },
    ]);
    this.MANY(() => {
      this.SUBRULE(this.watchClause);
    });
  });

  readonly watchFile = this.RULE("watchFile", () => {
    this.CONSUME(T.File);
    this.AT_LEAST_ONE_SEP({
      SEP: T.Comma,
      DEF: () => {
        this.SUBRULE(this.text);
      },
    });
  });

  readonly watchJournal = this.RULE("watchJournal", () => {
    this.CONSUME(T.Journal);
    this.OPTION(() => {
      this.OR([
        { ALT: () => this.CONSUME(T.Unit) },
        { ALT: () => this.CONSUME(T.Identifier) },
        { ALT: () => this.CONSUME(T.Match) },
      ]);
      this.AT_LEAST_ONE_SEP({
        SEP: T.Comma,
        DEF: () => {
          this.SUBRULE(this.text);
        },
      });
    });
  });

  readonly watchBans = this.RULE("watchBans", () => {
    this.CONSUME(T.Bans);
    this.OPTION(() => {
      this.CONSUME(T.Of);
      this.AT_LEAST_ONE_SEP({
        SEP: T.Comma,
        DEF: () => {
          this.CONSUME(T.Name);
        },
      });
    });
  });

  readonly watchSyslog = this.RULE("watchSyslog", () => {
    this.CONSUME(T.Syslog);
    this.CONSUME(T.On);
    this.SUBRULE(this.text);
  });

  readonly watchCommand = this.RULE("watchCommand", () => {
    this.CONSUME(T.Command);
    this.SUBRULE(this.list);
  });

  readonly watchClause = this.RULE("watchClause", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.As);
          this.CONSUME(T.Name);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Zone);
          this.SUBRULE(this.text);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.From);
          this.OR2([{ ALT: () => this.CONSUME(T.Start) }, { ALT: () => this.CONSUME(T.End) }]);
        },
      },
    ]);
  });

  readonly jailFilters = this.RULE("jailFilters", () => {
    this.CONSUME(T.Filter);
    this.AT_LEAST_ONE_SEP({
      SEP: T.Comma,
      DEF: () => {
        this.SUBRULE(this.call);
      },
    });
  });

  readonly jailIgnore = this.RULE("jailIgnore", () => {
    this.CONSUME(T.Ignore);
    this.OPTION(() => {
      this.CONSUME(T.As);
      this.CONSUME(T.Name);
    });
    this.OPTION2(() => {
      this.SUBRULE(this.pattern);
    });
    this.OPTION3(() => {
      this.CONSUME(T.Where);
      this.SUBRULE(this.expr);
    });
  });

  readonly by = this.RULE("by", () => {
    this.CONSUME(T.By);
    this.OR([
      {
        ALT: () =>
          this.AT_LEAST_ONE_SEP({
            SEP: T.Comma,
            DEF: () => {
              this.CONSUME(T.Family);
            },
          }),
      },
      {
        ALT: () => {
          this.CONSUME(T.Name);
          this.MANY(() => {
            this.CONSUME(T.And);
            this.CONSUME2(T.Name);
          });
        },
      },
    ]);
  });

  readonly ban = this.RULE("ban", () => {
    this.CONSUME(T.Ban);
    this.OPTION(() => {
      this.CONSUME(T.Each);
      this.CONSUME(T.AddressWord);
    });
    this.CONSUME(T.After);
    this.CONSUME(T.Int);
    this.SUBRULE(this.banWhat);
    this.OPTION2(() => {
      this.SUBRULE(this.by);
    });
    this.OPTION3(() => {
      this.CONSUME(T.Within);
      this.CONSUME(T.Duration);
    });
    this.CONSUME(T.For);
    this.SUBRULE(this.time);
    this.OPTION4(() => {
      this.OR([
        { ALT: () => this.SUBRULE(this.doubling) },
        { ALT: () => this.SUBRULE(this.ladder) },
      ]);
    });
    this.OPTION5(() => {
      this.CONSUME(T.Jitter);
      this.CONSUME2(T.Duration);
    });
  });

  readonly banWhat = this.RULE("banWhat", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Failure) },
      { ALT: () => this.CONSUME(T.Failures) },
      { ALT: () => this.CONSUME(T.Bans) },
      {
        ALT: () => {
          this.CONSUME(T.Distinct);
          this.CONSUME(T.Name);
        },
      },
    ]);
  });

  readonly doubling = this.RULE("doubling", () => {
    this.CONSUME(T.Doubling);
    this.CONSUME(T.To);
    this.CONSUME(T.Duration);
  });

  readonly ladder = this.RULE("ladder", () => {
    this.AT_LEAST_ONE(() => {
      this.CONSUME(T.Then);
      this.SUBRULE(this.time);
    });
  });

  readonly time = this.RULE("time", () => {
    this.OR([{ ALT: () => this.CONSUME(T.Duration) }, { ALT: () => this.CONSUME(T.Ever) }]);
  });

  readonly neverBan = this.RULE("neverBan", () => {
    this.CONSUME(T.Never);
    this.CONSUME(T.Ban);
    this.AT_LEAST_ONE_SEP({
      SEP: T.Comma,
      DEF: () => {
        this.SUBRULE(this.who);
      },
    });
  });

  readonly behind = this.RULE("behind", () => {
    this.CONSUME(T.Behind);
    this.SUBRULE(this.who);
  });

  readonly who = this.RULE("who", () => {
    this.OR([
      { ALT: () => this.CONSUME(T.Address) },
      { ALT: () => this.SUBRULE(this.list) },
      {
        ALT: () => {
          this.CONSUME(T.Name);
          this.OPTION(() => {
            this.SUBRULE(this.text);
          });
        },
      },
    ]);
  });

  readonly observe = this.RULE("observe", () => {
    this.CONSUME(T.Observe);
  });

  readonly remember = this.RULE("remember", () => {
    this.CONSUME(T.Remember);
    this.CONSUME(T.Duration);
    this.OPTION(() => {
      this.CONSUME(T.Across);
      this.CONSUME(T.Jails);
    });
  });

  readonly ports = this.RULE("ports", () => {
    this.CONSUME(T.Ports);
    this.OR([
      { ALT: () => this.CONSUME(T.All) },
      {
        ALT: () =>
          this.AT_LEAST_ONE_SEP({
            SEP: T.Comma,
            DEF: () => {
              this.SUBRULE(this.port);
            },
          }),
      },
    ]);
  });

  readonly port = this.RULE("port", () => {
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(T.Tcp) }, { ALT: () => this.CONSUME(T.Udp) }]);
    });
    this.CONSUME(T.Int);
    this.OPTION2(() => {
      this.CONSUME(T.DotDot);
      this.CONSUME2(T.Int);
    });
  });

  readonly doActions = this.RULE("doActions", () => {
    this.CONSUME(T.Do);
    // `none` is a legal name; here it is the word.
    this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        { ALT: () => this.CONSUME(T.None) },
        {
          ALT: () =>
            this.AT_LEAST_ONE_SEP({
              SEP: T.Comma,
              DEF: () => {
                this.SUBRULE(this.call);
              },
            }),
        },
      ],
    });
  });

  readonly resolveHosts = this.RULE("resolveHosts", () => {
    this.CONSUME(T.Resolve);
    this.CONSUME(T.Hosts);
  });

  readonly jailTest = this.RULE("jailTest", () => {
    this.CONSUME(T.Test);
    this.CONSUME(T.LCurly);
    this.MANY(() => {
      this.SUBRULE(this.jailTestStep);
    });
    this.CONSUME(T.RCurly);
  });

  readonly jailTestStep = this.RULE("jailTestStep", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Given);
          this.AT_LEAST_ONE_SEP({
            SEP: T.Comma,
            DEF: () => {
              this.SUBRULE(this.text);
            },
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Bans);
          this.CONSUME(T.Address);
          this.OPTION(() => {
            this.CONSUME(T.For);
            this.SUBRULE(this.time);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Spares);
          this.CONSUME2(T.Address);
        },
      },
    ]);
  });

  // Actions

  readonly action = this.RULE("action", () => {
    this.CONSUME(T.Action);
    this.CONSUME(T.Name);
    this.OPTION(() => {
      this.SUBRULE(this.params);
    });
    this.CONSUME(T.LCurly);
    this.MANY(() => {
      this.SUBRULE(this.actionStatement);
    });
    this.CONSUME(T.RCurly);
  });

  readonly actionStatement = this.RULE("actionStatement", () => {
    this.OR([{ ALT: () => this.SUBRULE(this.let) }, { ALT: () => this.SUBRULE(this.on) }]);
  });

  readonly on = this.RULE("on", () => {
    this.CONSUME(T.On);
    this.AT_LEAST_ONE_SEP({
      SEP: T.Comma,
      DEF: () => {
        this.SUBRULE(this.event);
      },
    });
    this.CONSUME(T.LCurly);
    this.MANY(() => {
      this.SUBRULE(this.step);
    });
    this.CONSUME(T.RCurly);
  });

  readonly event = this.RULE("event", () => {
    this.CONSUME(T.Name);
    this.OPTION(() => {
      this.CONSUME(T.All);
    });
  });

  readonly step = this.RULE("step", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Run);
          this.SUBRULE(this.list);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Script);
          this.SUBRULE(this.text);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Http);
          this.CONSUME(T.Name);
          this.SUBRULE(this.arg);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Mail);
          this.CONSUME(T.To);
          this.SUBRULE2(this.arg);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Write);
          this.SUBRULE3(this.arg);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Log);
          this.SUBRULE4(this.arg);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Call);
          this.SUBRULE2(this.text);
        },
      },
    ]);
    this.MANY(() => {
      this.SUBRULE(this.clause);
    });
  });

  readonly clause = this.RULE("clause", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(T.Keep);
          this.CONSUME(T.Name);
          this.OPTION(() => {
            this.CONSUME(T.Path);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Timeout);
          this.CONSUME(T.Duration);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Json);
          this.SUBRULE(this.object);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Header);
          this.SUBRULE2(this.object);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Bearer);
          this.SUBRULE(this.arg);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Input);
          this.SUBRULE2(this.arg);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Subject);
          this.SUBRULE3(this.arg);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Body);
          this.SUBRULE4(this.arg);
        },
      },
      {
        ALT: () => {
          this.CONSUME(T.Expect);
          this.CONSUME(T.Int);
          this.OPTION2(() => {
            this.CONSUME(T.DotDot);
            this.CONSUME2(T.Int);
          });
        },
      },
    ]);
  });

  readonly arg = this.RULE("arg", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.text) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.CONSUME(T.Name) },
    ]);
  });
}
