/**
 * Abbreviations of zones, each with the one offset it is read with.
 *
 * In: bytes and a place. Out: where the name ends; -1: no name of the list stands there. Many of these
 * abbreviations are used in several countries; what is written here is what migrated filters expect.
 * A log that has a choice writes the offset.
 */
import { isLetter } from "../bytes.ts";
import { absent } from "./parts.ts";

/** Quarters of an hour east of UTC, and the names. */
const table = `
-48 Y|-44 X NUT SST|-40 W CKT HAST HST TAHT TKT|-38 MART MIT|-36 V AKST GAMT GIT HADT HNY
-32 U AKDT CIST HAY HNP PST PT|-28 T HAP HNR MST PDT|-24 S CST EAST GALT HAR HNC MDT
-20 R CDT COT EASST ECT EST ET HAC HNE PET|-18 HLV VET|-16 Q AST BOT CLT COST EDT FKT GYT HAE HNA PYT
-14 HNT NST NT|-12 P ADT ART BRT CLST FKST GFT HAA PMST PYST SRT UYT WGT|-10 HAT NDT
-8 O BRST FNT PMDT UYST WGST|-4 N AZOT CVT EGT|0 Z EGST GMT UTC WET WT|4 A CET DFT WAT WEDT WEST
8 B CAT CEDT CEST EET SAST WAST|12 C EAT EEDT EEST IDT MSK|14 IRST
16 D AMT AZT GET GST KUYT MSD MUT RET SAMT SCT|18 AFT IRDT
20 E AMST AQTT AZST HMT MAWT MVT PKT TFT TJT TMT UZT YEKT|22 SLT|23 NPT
24 F ALMT BIOT BTT IOT KGT NOVT OMST YEKST|26 CCT MMT|28 G CXT DAVT HOVT ICT KRAT NOVST OMSST THA WIB
32 H ACT AWST BDT BNT CAST HKT IRKT KRAST MYT PHT SGT ULAT WITA WST
36 I AWDT IRKST JST KST PWT TLT WDT WIT YAKT|38 ACST|40 K AEST ChST PGT VLAT YAKST YAPT|42 ACDT LHST
44 L AEDT LHDT MAGT NCT PONT SBT VLAST VUT|46 NFT
48 M ANAST ANAT FJT GILT MAGST MHT NZST PETST PETT TVT WFT|52 FJST NZDT`;

let offsets: Map<string, number> | null = null;

function readTable(): Map<string, number> {
  const found = new Map<string, number>();
  for (const row of table.trim().split(/[|\n]/)) {
    const [quarters, ...names] = row.split(" ");
    for (const name of names) found.set(name, Number(quarters) * 15);
  }
  return found;
}

const nameBytesMax = 5;

/** Behind the name at `at` of all its letters, and its offset in `zoneNameMinutes`; -1: none. */
export function zoneNameEnd(b: Buffer, at: number, limit: number): number {
  let to = at;
  while (to < limit && to - at <= nameBytesMax && isLetter(b[to] as number)) to++;
  const size = to - at;
  return size > 0 && size <= nameBytesMax && zoneNameMinutes(b, at, to) !== absent ? to : -1;
}

/** Minutes east of UTC; `absent`: the list does not have the name. */
export function zoneNameMinutes(b: Buffer, start: number, end: number): number {
  offsets ??= readTable();
  return offsets.get(b.toString("latin1", start, end)) ?? absent;
}
