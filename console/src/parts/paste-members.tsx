// Adds members by pasting names or ids: each is looked up first, and who is not found is told.

import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { patchScim, searchScim } from '../api/scim.ts'
import { Confirm } from './confirm.tsx'
import css from './directory.module.css'
import { Hint } from './hint.ts'

/** Most lines that are pasted. */
const MOST = 10_000
/** Names in one search, and members in one PATCH. */
const AT_ONCE = 100
const PATCHED = 1_000

/** What a pasted text comes to. */
interface Resolved {
  readonly ids: readonly string[]
  readonly unknown: readonly string[]
}

/** Asks for a list of people, shows who was found, and adds them. */
export function PasteMembers({
  tenant,
  group,
  close,
  done,
}: {
  readonly tenant: string
  readonly group: string
  readonly close: () => void
  readonly done: () => void
}) {
  const { t } = useTranslation('groups')
  const [text, setText] = useState('')
  const [found, setFound] = useState<Resolved>()
  const names = namesIn(text)
  const run = async () => {
    if (names.length === 0) throw new Hint(t('paste.nothing'))
    if (names.length > MOST) throw new Hint(t('paste.tooMany', { most: MOST }))
    if (found === undefined) {
      setFound(await lookUp(tenant, names))
      // The dialog stays, with what was found.
      throw new Hint(t('paste.look'))
    }
    for (let at = 0; at < found.ids.length; at += PATCHED) {
      const value = found.ids.slice(at, at + PATCHED).map((id) => ({ value: id }))
      await patchScim(tenant, `/Groups/${group}`, [{ op: 'add', path: 'members', value }])
    }
    done()
  }
  return (
    <Confirm
      opened
      title={t('paste.title')}
      action={
        found === undefined ? t('paste.find', { count: names.length }) : t('paste.add', { count: found.ids.length })
      }
      danger={false}
      run={run}
      close={close}
    >
      <Textarea
        label={t('paste.label')}
        description={t('paste.how')}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setFound(undefined)
        }}
        minRows={6}
        maxRows={14}
        autosize
        spellCheck={false}
        data-autofocus
      />
      {found !== undefined && (
        <div className={css.banner}>
          <p>{t('paste.found', { count: found.ids.length })}</p>
          {found.unknown.length > 0 && (
            <p>
              {t('paste.unknown', { count: found.unknown.length })} {found.unknown.slice(0, 20).join(', ')}
            </p>
          )}
        </div>
      )}
    </Confirm>
  )
}

function namesIn(text: string): readonly string[] {
  return [...new Set(text.split(/[\n,;]/).flatMap((one) => one.trim() || []))]
}

async function lookUp(tenant: string, names: readonly string[]): Promise<Resolved> {
  const ids = new Set<string>()
  const unknown: string[] = []
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE)
    const filter = some
      .flatMap((name) => ['userName', 'id'].map((path) => `${path} eq ${JSON.stringify(name)}`))
      .join(' or ')
    const { Resources = [] } = await searchScim(tenant, '/Users', {
      filter,
      count: 1_000,
      attributes: ['id', 'userName'],
    })
    for (const { id } of Resources) ids.add(id)
    const known = new Set(Resources.flatMap(({ id, userName }) => [id.toLowerCase(), String(userName).toLowerCase()]))
    unknown.push(...some.filter((name) => !known.has(name.toLowerCase())))
  }
  return { ids: [...ids], unknown }
}
