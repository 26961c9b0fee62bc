// People generated from a seed: user number n is always the same.

// So a load generator knows who is in a server. Shaped and sized as Entra ID sends them: about 1.1 KB, most with the enterprise
// extension.

const GIVEN =
  'Ada Alan Anita Barbara Bjarne Charles Chidi Claude Donald Dorothy Edsger Elena Emeka Fatima Frances Grace Hedy Ingrid Ivan Jean Joan John Jorge Kateryna Ken Kofi Lena Linus Margaret Maria Mei Niklaus Noor Olga Omar Priya Radia Ravi Rosa Sofia Sven Tomas Ursula Vint Wei Xin Yara Zoe'.split(
    ' ',
  )
const FAMILY =
  'Allen Backus Bartik Berners Cerf Clarke Codd Curry Dijkstra Diaz Engelbart Fischer Garcia Goldstine Hamilton Hoare Hopper Ito Jensen Kay Keller Khan Knuth Kowalski Lamport Larsen Liskov Lovelace Martin McCarthy Milner Moore Naur Novak Okafor Patel Perlman Ritchie Rossi Sato Schmidt Shannon Silva Sutherland Tanaka Thompson Turing Wilkes Wirth Yilmaz Zhang Zuse'.split(
    ' ',
  )
const TITLES = 'Engineer Analyst Designer Nurse Buyer Controller Recruiter Planner Technician Counsel'.split(' ')
const DEPARTMENTS = 'Engineering Finance Legal Operations People Procurement Research Sales Security Support'.split(' ')
const CITIES = 'Accra Berlin Bogota Dublin Helsinki Kyiv Lisbon Nairobi Osaka Pune Toronto Utrecht'.split(' ')
const STREETS = 'Harbour Street,Mill Lane,Station Road,Long Acre,Queen Square,Orchard Way,North Bank,Castle Hill'.split(
  ',',
)

/** The URN of the enterprise extension. RFC 7643 §4.3. */
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** The URN of the core user schema. RFC 7643 §4.1. */
export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** The URN of the core group schema. RFC 7643 §4.2. */
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'

/** Hashes a number and a seed to 32 bits, so that neighbours differ. */
export function scatter(n: number, seed: number): number {
  let hash = (Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)) >>> 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d) >>> 0
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b) >>> 0
  return (hash ^ (hash >>> 16)) >>> 0
}

/** A source of numbers below `below` from a seed: the same ones in each run. */
export function random(seed: number): (below: number) => number {
  let turn = 0
  return (below) => scatter(turn++, seed) % below
}

/** The values of user n that can be searched for without reading it. */
export interface Person {
  readonly given: string
  readonly family: string
  readonly userName: string
  readonly email: string
  readonly externalId: string
  /** Shared only by the ten users of one decade: a prefix for `sw`. */
  readonly prefix: string
  /** In the user names and display names of the same ten users, never at the start: a substring for `co`. */
  readonly piece: string
  /** Unique; present for the seven of ten users that have the enterprise extension. */
  readonly costCenter: string | undefined
}

/** The names of user n. The ten users of a decade share first and last name, so that a prefix finds ten at every size. */
export function personAt(n: number): Person {
  const decade = Math.floor(n / 10)
  const given = GIVEN[scatter(decade, 1) % GIVEN.length] as string
  const family = FAMILY[scatter(decade, 2) % FAMILY.length] as string
  const number = String(n).padStart(8, '0')
  const name = `${given}.${family}.${number}`
  return {
    given,
    family,
    userName: `${name}@bench.example`,
    email: `${name.toLowerCase()}@mail.bench.example`,
    externalId: externalIdOf(n),
    prefix: `${given}.${family}.${number.slice(0, 7)}`,
    piece: `${family}.${number.slice(0, 7)}`,
    costCenter: hasExtension(n) ? `CC-${number}` : undefined,
  }
}

/** Whether user n has the enterprise extension: seven of ten have. */
export function hasExtension(n: number): boolean {
  return n % 10 < 7
}

function externalIdOf(n: number): string {
  const hex = (seed: number) => scatter(n, seed).toString(16).padStart(8, '0')
  const [a, b, c] = [hex(11), hex(12), hex(13)]
  // The number itself is the last part, so no two users share an id, whatever the hashes are.
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(0, 3)}-${String(n).padStart(12, '0')}`
}

/** The JSON text that an identity provider sends to create user n. Built from a template, so that the generator is cheaper than the server. */
export function userText(n: number): string {
  const person = personAt(n)
  const { given, family, userName, email, externalId, piece, costCenter } = person
  const hash = scatter(n, 3)
  const city = CITIES[hash % CITIES.length]
  const street = STREETS[(hash >>> 4) % STREETS.length]
  const phone = `+44 20 ${String(hash % 10_000).padStart(4, '0')} ${String(hash >>> 8)
    .slice(0, 4)
    .padStart(4, '0')}`
  const title = `${hash % 3 === 0 ? 'Senior ' : ''}${TITLES[(hash >>> 8) % TITLES.length]}`
  const department = DEPARTMENTS[(hash >>> 12) % DEPARTMENTS.length]
  const extension =
    costCenter === undefined
      ? ''
      : `,"${ENTERPRISE}":{"employeeNumber":"${100_000 + n}","costCenter":"${costCenter}","organization":"Bench Example Holdings","division":"${department} ${1 + (hash % 9)}","department":"${department}"}`
  const schemas = costCenter === undefined ? `"${USER}"` : `"${USER}","${ENTERPRISE}"`
  return `{"schemas":[${schemas}],"externalId":"${externalId}","userName":"${userName}","active":true,"displayName":"${given} ${piece}","name":{"formatted":"${given} ${family}","familyName":"${family}","givenName":"${given}"},"title":"${title}","userType":"Employee","preferredLanguage":"en-GB","locale":"en-GB","timezone":"Europe/London","emails":[{"value":"${email}","type":"work","primary":true},{"value":"${given.toLowerCase()}${n}@home.example","type":"home"}],"phoneNumbers":[{"value":"${phone}","type":"work"},{"value":"+44 7700 ${900_000 + (hash % 99_999)}","type":"mobile"}],"addresses":[{"type":"work","formatted":"${1 + (hash % 200)} ${street}\\n${city}","streetAddress":"${1 + (hash % 200)} ${street}","locality":"${city}","postalCode":"BX${hash % 90_000}","country":"GB"}]${extension}}`
}

/** The JSON text that creates a group of the given members. */
export function groupText(displayName: string, members: Iterable<string>): string {
  const list: string[] = []
  for (const id of members) list.push(`{"value":"${id}"}`)
  return `{"schemas":["${GROUP}"],"displayName":"${displayName}","externalId":"g-${displayName}","members":[${list.join(',')}]}`
}
