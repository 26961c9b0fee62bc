// What the setup page shows of its link: what arrives, how many people, who left.

import type { Environment } from '../../environment.ts'
import type { Catalog, ResourceType } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import type { Arrival } from '../arrivals/arrival.ts'
import type { Leaver, Written, WrittenReader } from '../arrivals/people.ts'
import type { Seen, SetupWatch } from '../arrivals/watch.ts'
import type { ConnectionDoor } from '../link/connection-door.ts'
import type { KeptLink, SetupLink } from '../link/link.ts'
import { type Progress, readProgress } from '../link/progress.ts'
import type { PageSettings, SetupPageSettings } from '../look/page-settings.ts'

/** The state of a link, as its customer sees it. Times in milliseconds since 1970. */
export interface SetupState {
  readonly tenant: string
  readonly vendor: PageSettings
  readonly kinds: readonly string[]
  /** The kind that was chosen, or that requests look like. */
  readonly kind?: string
  readonly looksLike?: string
  readonly baseUrl: string
  readonly expires: number
  readonly now: number
  /** The token in use; never the token itself. */
  readonly token?: {
    readonly id: string
    readonly made: number
    readonly length: number
    readonly expires?: number
    /** How many were made before it. */
    readonly earlier: number
  }
  /** When the token in use first let somebody in, and when last. */
  readonly connected?: { readonly first: number; readonly last: number }
  /** The last arrivals, newest last. */
  readonly arrivals: readonly Arrival[]
  readonly progress: Omit<Progress, 'opened' | 'wrongCodes'>
  /** How many have arrived; absent until the token has let somebody in. */
  readonly written?: Pick<Written, 'people' | 'groups' | 'behind' | 'lastAt'>
  /** Who left since the rehearsal began. */
  readonly leaver?: Leaver
  /** The attributes that travel, by type. */
  readonly travels: { readonly people: readonly string[]; readonly groups: boolean }
}

/** What states are made of. */
export interface StateDeps {
  readonly store: Store
  readonly environment: Environment
  readonly connections: Pick<ConnectionDoor, 'show'>
  readonly watch: Pick<SetupWatch, 'of'>
  readonly written: WrittenReader
  readonly settings: Pick<SetupPageSettings, 'effective'>
  /** The types of a tenant. */
  readonly catalog: (tenant: string) => Promise<Catalog>
  /** The base URL of a tenant, as a request to this origin sees it. */
  readonly baseUrl: (tenant: string, origin: string) => string
}

/** Arrivals that are shown. */
const SHOWN = 20

/** The state of a link. */
export async function stateOfLink(deps: StateDeps, { link }: KeptLink, origin: string): Promise<SetupState> {
  const { store, environment } = deps
  const { tenant } = link
  // Before anything is read, so that of two states the later one has seen what the earlier one has.
  const now = environment.now()
  const [progress, seen, vendor, catalog] = await Promise.all([
    readProgress(store, tenant, link.id),
    deps.watch.of(tenant, link.id),
    deps.settings.effective(tenant),
    deps.catalog(tenant),
  ])
  const token = await tokenOf(deps, link)
  const connected = token === undefined ? undefined : seen.letIn[token.id]
  const written = hasLetIn(link, seen) ? await deps.written.read(link) : undefined
  const looksLike = seen.arrivals.findLast((one) => one.looksLike !== undefined)?.looksLike
  const leaver = leaverOf(progress, written)
  const { opened: _opened, wrongCodes: _wrong, ...own } = progress
  const kind = progress.kind ?? (link.kinds.length === 1 ? link.kinds[0] : undefined)
  return {
    tenant,
    vendor,
    kinds: link.kinds,
    ...(kind === undefined ? {} : { kind }),
    ...(looksLike === undefined ? {} : { looksLike }),
    baseUrl: deps.baseUrl(tenant, origin),
    expires: link.expires,
    now,
    ...(token === undefined ? {} : { token }),
    ...(connected === undefined ? {} : { connected }),
    arrivals: seen.arrivals.slice(-SHOWN),
    progress: own,
    ...(written === undefined ? {} : { written: countsOf(written) }),
    ...(leaver === undefined ? {} : { leaver }),
    travels: travelsIn(catalog),
  }
}

/** Whether a token of the link has let somebody in: until then nothing of the directory is told. */
export function hasLetIn(link: SetupLink, { letIn }: Pick<Seen, 'letIn'>): boolean {
  return link.tokens.some((token) => letIn[token.id] !== undefined)
}

async function tokenOf({ connections }: StateDeps, { tenant, connection, tokens }: SetupLink) {
  const last = tokens.at(-1)
  if (connection === undefined || last === undefined || last.ended !== undefined) return undefined
  // The vendor may have revoked it.
  const shown = await connections.show(tenant, connection).catch(() => undefined)
  const found = shown?.tokens.find((token) => token.id === last.id)
  if (found === undefined) return undefined
  const { id, made, length } = last
  const expires = found.expires === undefined ? {} : { expires: found.expires }
  return { id, made, length, ...expires, earlier: tokens.length - 1 }
}

function leaverOf({ leaverBegan }: Progress, written: Written | undefined): Leaver | undefined {
  if (leaverBegan === undefined) return undefined
  return written?.leavers.find(({ at }) => at >= leaverBegan)
}

function countsOf({ people, groups, behind, lastAt }: Written) {
  return { people, groups, behind, ...(lastAt === undefined ? {} : { lastAt }) }
}

function travelsIn({ types }: Catalog): SetupState['travels'] {
  const person = personIn(types)
  const schemas = person === undefined ? [] : [person.schema, ...person.extensions.map(({ schema }) => schema)]
  const people = schemas.flatMap(({ attributes }) =>
    attributes
      .filter(({ mutability, name }) => mutability !== 'readOnly' && name !== 'password')
      .map(({ name }) => name),
  )
  return { people, groups: types.some(({ name }) => name === 'Group') }
}

/** The type of people, where a tenant has one. */
export function personIn(types: readonly ResourceType[]): ResourceType | undefined {
  return types.find(({ name }) => name === 'User')
}
