// The people of a simulation: the same for the same seed, and with names that no other run has.

import type { Json } from '../protocol/index.ts'

/** Values of one person, as placeholders find them. */
export type PersonVariables = { [name: string]: Json }

const GIVEN = ['Ada', 'Bela', 'Cora', 'Dara', 'Edwin', 'Fenna', 'Goran', 'Hanna', 'Ivo', 'Jonna', 'Kofi', 'Lena']
const FAMILY = ['Adler', 'Brook', 'Castell', 'Dunne', 'Ekberg', 'Falk', 'Grove', 'Holm', 'Iversen', 'Juric', 'Kerr']
const MARRIED = ['Lind', 'Moreau', 'Norden', 'Okafor', 'Pryce', 'Quist', 'Rowan', 'Sato', 'Tamm', 'Unger', 'Vance']
const TITLES = ['Analyst', 'Designer', 'Engineer', 'Planner', 'Writer']
const DEPARTMENTS = ['Finance', 'Legal', 'Product', 'Research', 'Support']

/** Numbers below a bound, the same ones for the same seed (mulberry32). */
export type Dice = (below: number) => number

/** Dice that fall the same way for the same seed. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * below)
  }
}

/** A UUID of version 4 from dice. RFC 9562 §5.4. */
export function uuidFrom(dice: Dice): string {
  const hex = Array.from({ length: 32 }, () => dice(16).toString(16))
  hex[12] = '4'
  hex[16] = (8 + dice(4)).toString(16)
  const text = hex.join('')
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-')
}

/** Makes people. `run` is in all their names, so that no other run, and nobody real, has the same. */
export function makePeople(count: number, run: string, domain: string, dice: Dice): readonly PersonVariables[] {
  return Array.from({ length: count }, (_, at) => {
    const given = GIVEN[(at + dice(3)) % GIVEN.length] ?? 'Ada'
    const family = FAMILY[(at + dice(3)) % FAMILY.length] ?? 'Adler'
    const married = MARRIED[at % MARRIED.length] ?? 'Lind'
    const title = dice(TITLES.length)
    const department = dice(DEPARTMENTS.length)
    // The number keeps two of the same name apart, and joins nothing that a real login would have.
    const login = `${given}.${family}.${run}-${at + 1}`.toLowerCase()
    const userName = `${login}@${domain}`
    return {
      number: at + 1,
      given,
      family,
      displayName: `${given} ${family}`,
      newFamily: married,
      newDisplayName: `${given} ${married}`,
      title: TITLES[title] ?? '',
      newTitle: `Senior ${TITLES[title]}`,
      department: DEPARTMENTS[department] ?? '',
      newDepartment: DEPARTMENTS[(department + 1) % DEPARTMENTS.length] ?? '',
      login,
      loginUrl: encodeURIComponent(login),
      userName,
      userNameUrl: encodeURIComponent(userName),
      userNameUpper: userName.toUpperCase(),
      uuid: uuidFrom(dice),
      hex: uuidFrom(dice).replaceAll('-', '').slice(0, 24),
    }
  })
}
