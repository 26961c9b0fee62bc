// How the setup page looks: the vendor's name, logo, colour and words, for all tenants and for one.

import { hashToken, tokenId } from '../../access/index.ts'
import { fromBase64url } from '../../base64url.ts'
import type { Environment } from '../../environment.ts'
import { isObject, type JsonObject } from '../../protocol/index.ts'
import { createNote, factsOf, type NoteFacts, oneRecord, type Store, textOf, type Write } from '../../store/index.ts'
import { invalid } from '../errors.ts'
import { contrastWithWhite, isColour } from './colour.ts'
import { type Logo, readLogo, toBase64 } from './logo.ts'

/** Kind of the records: `settings` and `logo`, of the whole database and of tenants. */
const PAGE = 'setup-page'

/** The languages that the page speaks. */
export const LANGUAGES = ['en', 'de'] as const
/** One of {@link LANGUAGES}. */
export type Language = (typeof LANGUAGES)[number]

/** How the page looks; what is absent is left to the installation, or to the page itself. */
export interface PageSettings {
  /** The vendor's name: `Acme App`. */
  readonly name?: string
  /** `#1f4fd8`: of buttons under white text. */
  readonly colour?: string
  /** Whom customers ask: an e-mail address, or an address with https. */
  readonly support?: string
  /** A few sentences on the first page, by language. */
  readonly text?: { readonly [language in Language]?: string }
  /** The languages to choose from. Default: all. */
  readonly languages?: readonly Language[]
  /** The name of the state of the logo; absent: none. */
  readonly logo?: string
}

/** What a change says; null takes a value away. */
export interface PageSettingsChange {
  readonly name?: string | null
  readonly colour?: string | null
  readonly support?: string | null
  readonly text?: { readonly [language in Language]?: string | null } | null
  readonly languages?: readonly string[] | null
  /** The logo as base64. */
  readonly logo?: string | null
}

/** The setup page's settings, of the database ("") and of tenants. */
export interface SetupPageSettings {
  /** Those of the database, with "", or of a tenant alone. */
  readonly own: (tenant: string) => Promise<PageSettings>
  /** Those that a tenant's customers see: its own, and the database's where it has none. */
  readonly effective: (tenant: string) => Promise<PageSettings>
  readonly logo: (tenant: string) => Promise<Logo | undefined>
  /** Changes those of the database or of a tenant. Throws SetupError. */
  readonly change: (tenant: string, change: PageSettingsChange, actor: string) => Promise<PageSettings>
}

const LENGTH = { name: 80, support: 200, text: 1_000 } as const
/** WCAG 2.2, 1.4.3: text and its ground. */
const CONTRAST = 4.5

/** Creates the settings of the page. `defaults`: what an app gives in its code. */
export function createPageSettings(
  store: Store,
  environment: Environment,
  defaults: PageSettings = {},
): SetupPageSettings {
  const own = async (tenant: string): Promise<PageSettings> => {
    const record = await oneRecord(store, tenant, PAGE, 'settings')
    return record === undefined ? {} : toSettings(factsOf(record))
  }
  const logoOf = async (tenant: string): Promise<Logo | undefined> => {
    const record = await oneRecord(store, tenant, PAGE, 'logo')
    const facts = record === undefined ? {} : factsOf(record)
    return typeof facts.bytes === 'string' ? readLogo(bytesOf(facts.bytes)) : undefined
  }
  return {
    own,
    effective: async (tenant) => ({
      ...defaults,
      ...(await own('')),
      ...(tenant === '' ? {} : await own(tenant)),
    }),
    logo: async (tenant) => (tenant === '' ? undefined : await logoOf(tenant)) ?? (await logoOf('')),
    async change(tenant, change, actor) {
      const before = await own(tenant)
      const { logo, ...rest } = change
      const picture = logo === undefined || logo === null ? undefined : readLogo(bytesOf(logo))
      const after = changed(before, rest)
      const mark = picture === undefined ? undefined : tokenId(hashToken(toBase64(picture.bytes)))
      const { logo: known, ...named } = after
      const kept = logo === undefined ? known : mark
      const value = { ...named, ...(kept === undefined ? {} : { logo: kept }) }
      const writes: readonly Write[] = [
        { write: 'record', record: { tenant, kind: PAGE, key: 'settings' }, value: value as JsonObject },
        ...(logo === undefined
          ? []
          : [
              {
                write: 'record' as const,
                record: { tenant, kind: PAGE, key: 'logo' },
                value: picture === undefined ? undefined : { type: picture.type, bytes: toBase64(picture.bytes) },
              },
            ]),
        createNote(environment, actor)(tenant, 'Setting', PAGE, 'changed', factsOfChange(before, value)),
      ]
      await store.commit(writes)
      return value
    },
  }
}

/** What differs, for the log. */
function factsOfChange(before: PageSettings, after: PageSettings): NoteFacts {
  const names = ['name', 'colour', 'support', 'text', 'languages', 'logo'] as const
  const json = (value: unknown) => JSON.parse(JSON.stringify(value ?? null))
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, { was: json(before[name]), is: json(after[name]) }]),
  )
}

function bytesOf(base64: string): Uint8Array {
  const text = base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) throw invalid('A logo is sent as base64', 'logo')
  return fromBase64url(text)
}

/** Settings with a change, checked. */
function changed(before: PageSettings, change: Omit<PageSettingsChange, 'logo'>): PageSettings {
  const after: { -readonly [name in keyof PageSettings]: PageSettings[name] } = { ...before }
  for (const name of ['name', 'colour', 'support'] as const) {
    const value = change[name]
    if (value === null) delete after[name]
    else if (value !== undefined) after[name] = checked(name, value.trim())
  }
  if (change.text !== undefined) setText(after, change.text)
  if (change.languages === null) delete after.languages
  else if (change.languages !== undefined) after.languages = languagesOf(change.languages)
  return after
}

function checked(name: 'name' | 'colour' | 'support', value: string): string {
  if (name === 'colour') {
    if (!isColour(value)) throw invalid('A colour is written like #1f4fd8', name)
    const contrast = contrastWithWhite(value)
    if (contrast < CONTRAST) {
      const found = Math.floor(contrast * 10) / 10
      throw invalid(
        `White text on ${value} has a contrast of ${found} : 1; it takes ${CONTRAST} : 1, so choose a darker one`,
        name,
      )
    }
    return value.toLowerCase()
  }
  if (value === '' || value.length > LENGTH[name] || /\p{Cc}/u.test(value))
    throw invalid(`The ${name} is 1 to ${LENGTH[name]} characters long`, name)
  if (name === 'support' && !isContact(value))
    throw invalid('Support is an e-mail address, or an address that begins with https://', name)
  return value
}

/** Whether a text is an e-mail address or a URL with https. */
function isContact(text: string): boolean {
  if (/\s/.test(text)) return false
  if (text.startsWith('https://')) return URL.canParse(text)
  const [name = '', domain = '', ...more] = text.split('@')
  return name !== '' && more.length === 0 && domain.includes('.') && !domain.startsWith('.') && !domain.endsWith('.')
}

function setText(
  after: { text?: { readonly [language in Language]?: string } },
  change: NonNullable<PageSettingsChange['text']> | null,
): void {
  const text: { [language in Language]?: string } = change === null ? {} : { ...after.text }
  for (const language of LANGUAGES) {
    const value = change?.[language]
    if (value === undefined) continue
    if (value === null || value.trim() === '') delete text[language]
    else if (value.length > LENGTH.text)
      throw invalid(`A text has at most ${LENGTH.text} characters`, `text.${language}`)
    else text[language] = value.trim()
  }
  if (Object.keys(text).length === 0) delete after.text
  else after.text = text
}

function languagesOf(names: readonly string[]): readonly Language[] {
  const found = LANGUAGES.filter((language) => names.includes(language))
  const unknown = names.find((name) => !(LANGUAGES as readonly string[]).includes(name))
  if (unknown !== undefined || found.length === 0)
    throw invalid(`The languages are ${LANGUAGES.join(', ')}, one of them at least`, 'languages')
  return found
}

function toSettings(facts: JsonObject): PageSettings {
  const { name, colour, support, text, languages, logo } = facts
  const words: JsonObject = isObject(text) ? text : {}
  const texts = LANGUAGES.flatMap((language) => {
    const value = textOf(words[language])
    return value === undefined ? [] : [[language, value]]
  })
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof colour === 'string' && isColour(colour) ? { colour } : {}),
    ...(typeof support === 'string' ? { support } : {}),
    ...(texts.length === 0 ? {} : { text: Object.fromEntries(texts) }),
    ...(Array.isArray(languages) ? { languages: LANGUAGES.filter((one) => languages.includes(one)) } : {}),
    ...(typeof logo === 'string' ? { logo } : {}),
  }
}
