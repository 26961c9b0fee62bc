// What a change of a schema or type would do to resources: asked and shown before it is made.

import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { To } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Status } from '../parts/status.tsx'
import { pageOfResource } from '../parts/types.ts'
import { useMay } from '../session.tsx'
import { number } from '../words/figures.ts'
import css from './schemas.module.css'

type Answered = Answer<'PUT /tenants/{tenant}/types/{type}'> | Answer<'DELETE /tenants/{tenant}/types/{type}'>
/** What a change would do. */
export type Effects = Extract<Answered, { readonly effects: unknown }>

/** The answer to a dry run, which is always its effects. */
export function effectsIn(answer: unknown): Effects {
  return answer as Effects
}

/** Shows what a change would do; makes it if nothing is in its way, and for an owner even if values are lost. */
export function ShapeChange({
  tenant,
  name,
  title,
  action,
  forced,
  danger = false,
  dry,
  run,
  close,
}: {
  readonly tenant: string
  /** To be typed where values are lost. */
  readonly name: string
  readonly title: string
  readonly action: string
  /** What it is called where values are lost. */
  readonly forced: string
  readonly danger?: boolean
  readonly dry: () => Promise<Effects>
  readonly run: (force: boolean) => Promise<unknown>
  readonly close: () => void
}) {
  const { t } = useTranslation('schemas')
  const forces = useMay('own')
  // Each time anew: resources have changed since.
  const read = useQuery({ queryKey: ['dry', tenant, name, title], queryFn: dry, gcTime: 0, staleTime: 0 })
  const does = new Set(read.data?.effects.map((one) => one.does))
  const loses = does.has('drops') || does.has('deletes')
  const shown = (
    <Loaded read={read} lines={4}>
      {(effects) => <Shown tenant={tenant} effects={effects} />}
    </Loaded>
  )
  if (read.data === undefined || does.has('blocks') || (loses && !forces))
    return (
      <Dialog title={title} close={close} size={560}>
        {shown}
        {loses && !forces && !does.has('blocks') && <p>{t('effects.owner')}</p>}
      </Dialog>
    )
  return (
    <Confirm
      opened
      title={title}
      action={loses ? forced : action}
      danger={loses || danger}
      run={() => run(loses)}
      close={close}
      {...(loses ? { name } : {})}
    >
      {shown}
    </Confirm>
  )
}

/** More of them would hide what is asked. */
const NAMED = 3
const STATES = { blocks: 'fail', deletes: 'fail', drops: 'warn', converts: 'ok' } as const

function Shown({
  tenant,
  effects: { effects, indexes, read, total },
}: {
  readonly tenant: string
  readonly effects: Effects
}) {
  const { t } = useTranslation('schemas')
  return (
    <div className={css.effects}>
      {effects.length === 0 && (
        <p>
          <Status state="ok">
            {read === 0 ? t('effects.nobody') : t('effects.none', { count: read, shown: number(read) })}
          </Status>
        </p>
      )}
      <ul>
        {effects.map(({ what, does, count, examples }) => (
          <li key={`${does} ${what}`}>
            <Status state={STATES[does]}>{t(`effects.${does}`, { count, shown: number(count) })}</Status>
            <p className={css.says}>{what}</p>
            {examples.length > 0 && (
              <p className={css.examples}>
                {t('effects.examples')}{' '}
                {examples.slice(0, NAMED).map(({ type, id }) => (
                  <To key={id} {...pageOfResource(tenant, type, id)}>
                    {type} {id}
                  </To>
                ))}
              </p>
            )}
          </li>
        ))}
      </ul>
      {indexes.map(({ type, path }) => (
        <p key={`${type} ${path}`}>{t('effects.index', { type, path })}</p>
      ))}
      {read < total && <p>{t('effects.partly', { read: number(read), total: number(total) })}</p>}
    </div>
  )
}
