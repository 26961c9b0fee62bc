// The admin API as a page: its routes by subject, what each needs, its body and answer, and a way to try it.

import { TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { send } from '../api/client.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { text, useSearchState } from '../search.ts'
import css from './api.module.css'
import { type Described, type OpenApi, operationsOf } from './api-document.ts'
import { Operation } from './api-operation.tsx'

const SEARCH = { q: text(), open: text() }
const DOCUMENT = { method: 'GET', path: 'openapi.json' }

/** The page of the API. */
export default function Api() {
  const { t } = useTranslation('api')
  const [search, change] = useSearchState(SEARCH)
  const read = useQuery({
    queryKey: ['openapi'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => (await (await send(DOCUMENT, { signal })).json()) as OpenApi,
  })
  return (
    <Page
      fill
      title={t('title')}
      actions={
        <>
          <TextInput
            value={search.q}
            onChange={(event) => change({ q: event.currentTarget.value })}
            placeholder={t('find')}
            aria-label={t('find')}
          />
          <AsCommand call={DOCUMENT} />
        </>
      }
    >
      <Loaded read={read} lines={10}>
        {(document) => {
          const all = operationsOf(document).filter((one) => fits(one, search.q))
          const open = all.find(({ id }) => id === search.open) ?? all[0]
          if (open === undefined) return <Empty what={t('none')} />
          return (
            <div className={css.sides}>
              <nav className={css.list} aria-label={t('routes')}>
                {bySubject(all).map(([subject, own]) => (
                  <section key={subject}>
                    <h2>{subject}</h2>
                    <ul>
                      {own.map((one) => (
                        <li key={one.id}>
                          <button
                            type="button"
                            aria-current={one.id === open.id ? 'true' : undefined}
                            className={css.route}
                            onClick={() => change({ open: one.id }, { push: true })}
                          >
                            <span className={css.method}>{one.method}</span>
                            <span>{one.path}</span>
                          </button>
                        </li>
                      ))}
                    </ul>
                  </section>
                ))}
              </nav>
              <Operation key={open.id} operation={open} />
            </div>
          )
        }}
      </Loaded>
    </Page>
  )
}

function fits({ method, path, summary }: Described, words: string): boolean {
  const text = `${method} ${path} ${summary}`.toLocaleLowerCase()
  return words
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function bySubject(all: readonly Described[]): readonly (readonly [string, readonly Described[]])[] {
  const subjects = new Map<string, Described[]>()
  for (const one of all) subjects.set(one.subject, [...(subjects.get(one.subject) ?? []), one])
  return [...subjects]
}
