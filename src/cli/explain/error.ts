// `lockstep error`: explains an error in three sentences.

import { explain, type Language } from '../../explain/index.ts'
import { ConfigError } from '../../protocol/index.ts'
import { isKind, KINDS } from '../../quirks/index.ts'
import { flagOption, type Options, textOption } from '../terminal/options.ts'
import { printJson, printLine } from '../terminal/print.ts'

/** `lockstep error CODE`: needs no database and no server. Throws ConfigError for a kind or language that there is not. */
export async function explainError([code = '']: readonly string[], options: Options): Promise<void> {
  const kind = textOption(options, 'kind') ?? 'generic'
  if (!isKind(kind)) throw new ConfigError('--kind', `must be one of ${KINDS.join(', ')}`)
  const language = textOption(options, 'language') ?? 'en'
  if (!isLanguage(language)) throw new ConfigError('--language', 'must be en or de')
  const detail = textOption(options, 'detail')
  const explanation = explain({ code, kind, language, ...(detail === undefined ? {} : { detail }) })
  if (flagOption(options, 'json')) return printJson(explanation)
  const [happened, why, todo] = HEADS[language]
  printLine(`${happened}  ${plain(explanation.happened)}`)
  printLine(`${why}  ${plain(explanation.why)}`)
  printLine(`${todo}  ${plain(explanation.todo)}`)
}

const HEADS: { readonly [one in Language]: readonly [string, string, string] } = {
  en: ['What happened', 'Why          ', 'What to do   '],
  de: ['Was geschah', 'Warum      ', 'Was tun    '],
}

function isLanguage(text: string): text is Language {
  return text === 'en' || text === 'de'
}

/** Without the marks for menus, which a terminal doesn't set. */
function plain(text: string): string {
  return text.replaceAll('*', '').replaceAll('`', '')
}
