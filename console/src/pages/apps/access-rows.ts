// The rows of who has what, gathered by person and app; and as a file.

/** One thing that somebody has in an app. */
export interface AccessRow {
  readonly user: string
  readonly name: string
  readonly app: string
  readonly account?: string | undefined
  readonly kind: 'account' | 'group' | 'role' | 'entitlement'
  readonly value: string
  readonly through: string
  readonly confirmed?: boolean | undefined
}

/** Somebody, with what they have by app. */
export interface Person {
  readonly user: string
  readonly name: string
  readonly apps: ReadonlyMap<string, readonly AccessRow[]>
}

/** What has no rule, or has one and is not confirmed. */
export function isException({ through, confirmed }: AccessRow): boolean {
  return through.startsWith('none') || confirmed === false
}

/** The rows by person, in their order; `only` those with an exception. */
export function peopleOf(rows: readonly AccessRow[], onlyExceptions = false): readonly Person[] {
  const people = new Map<
    string,
    { readonly user: string; readonly name: string; readonly apps: Map<string, AccessRow[]> }
  >()
  for (const row of rows) {
    const person = people.get(row.user) ?? { user: row.user, name: row.name, apps: new Map() }
    person.apps.set(row.app, [...(person.apps.get(row.app) ?? []), row])
    people.set(row.user, person)
  }
  const all = [...people.values()]
  return onlyExceptions ? all.filter(({ apps }) => [...apps.values()].flat().some(isException)) : all
}

/** The rows as CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export function accessCsv(rows: readonly AccessRow[]): string {
  const cell = (value: unknown) => {
    const text = value === undefined ? '' : String(value)
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  const head = ['user', 'name', 'app', 'account', 'kind', 'value', 'through', 'confirmed'] as const
  return `${[head.join(','), ...rows.map((row) => head.map((name) => cell(row[name])).join(','))].join('\r\n')}\r\n`
}
