// What happened to a resource as lines of a timeline: changes, requests, what apps were sent, receipts.

import { Button } from '@mantine/core'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import type { Answer } from '../api/client.ts'
import { Differences } from './change-diff.tsx'
import { differencesIn, stateOf } from './changes.ts'
import css from './directory.module.css'
import { To } from './link.tsx'
import { Moved } from './moved.tsx'
import { stateOfStatus } from './status.tsx'
import type { Happening } from './timeline.tsx'

/** One thing that happened, as the server tells it. */
export type Entry = Answer<'GET /tenants/{tenant}/resources/{type}/{id}/happenings'>['items'][number]
type Change = NonNullable<Entry['change']>

/** What lines are written with. */
export interface RowDeps {
  readonly tenant: string
  readonly resource: string
  readonly t: TFunction<'people'>
  readonly changes: TFunction<'changes'>
  /** Undoes a line; absent for those who may not. */
  readonly undo?: ((place: number) => void) | undefined
}

/** A line of the timeline. */
export function rowOf({ key, at, change, maker, request, push, receipt }: Entry, deps: RowDeps): Happening {
  const common = { id: key, time: at }
  if (change !== undefined) return { ...common, ...changeRow(change, maker, deps) }
  if (request !== undefined) return { ...common, ...requestRow(request, deps) }
  if (push !== undefined) return { ...common, ...pushRow(push, deps) }
  return { ...common, ...receiptRow(receipt, deps) }
}

type Row = Omit<Happening, 'id' | 'time'>

function changeRow(change: Change, maker: string | undefined, { tenant, t, changes, undo }: RowDeps): Row {
  const { kind, line, group, place } = change
  const differences = kind === 'change' ? differencesIn(line.paths) : []
  const { actor } = line
  return {
    state: stateOf(line),
    what:
      group === undefined ? (
        changes(`did.${kind === 'note' ? 'note' : line.op}`, { actor })
      ) : (
        <>
          {changes(kind === 'joined' ? 'did.joined' : 'did.left', { actor })}{' '}
          <To to="/t/$tenant/groups/$id" params={{ tenant, id: group.id }} className={css.link}>
            {group.display ?? group.id}
          </To>
        </>
      ),
    aside: (
      <>
        {maker !== undefined && <RequestLink tenant={tenant} id={maker} name={t('story.madeBy')} />}
        {undo !== undefined && kind !== 'note' && (
          <Button size="compact-xs" variant="subtle" onClick={() => undo(place)}>
            {changes('undo')}
          </Button>
        )}
      </>
    ),
    ...detail(
      kind === 'change' && (
        <>
          {differences.length > 0 && <Differences all={differences} most={20} />}
          {line.members !== undefined && <Moved tenant={tenant} members={line.members} />}
        </>
      ),
    ),
  }
}

function requestRow(request: NonNullable<Entry['request']>, { tenant, t }: RowDeps): Row {
  const { method, route, status, connection = t('story.nobody') } = request
  return {
    state: stateOfStatus(status),
    what: t('story.request', { method, route, connection, status }),
    aside: request.unkept === undefined && <RequestLink tenant={tenant} id={request.id} name={t('story.madeBy')} />,
    ...detail(request.detail),
  }
}

function pushRow(push: NonNullable<Entry['push']>, { tenant, resource, t }: RowDeps): Row {
  const { app, step, outcome, message } = push
  const isDone = outcome === 'done'
  return {
    state: isDone ? 'ok' : 'warn',
    what: t(isDone ? 'story.push.done' : 'story.push.failed', {
      app,
      step: t(`story.step.${step as 'create'}`, { defaultValue: step }),
      outcome: t(`story.outcome.${outcome as 'refused'}`, { defaultValue: outcome }),
    }),
    aside: (
      <To to="/t/$tenant/deliveries" params={{ tenant }} search={{ resource }} className={css.link}>
        {t('story.delivery')}
      </To>
    ),
    ...detail(message),
  }
}

function receiptRow(receipt: Entry['receipt'], { tenant, resource, t }: RowDeps): Row {
  const signed = receipt?.signed !== undefined
  return {
    state: signed ? 'ok' : 'wait',
    what: `${t(`story.left.${receipt?.how ?? 'deleted'}`)}, ${t(signed ? 'story.signed' : 'story.unsigned')}`,
    aside: (
      <To to="/t/$tenant/leavers/$id" params={{ tenant, id: resource }} className={css.link}>
        {t('story.receipt')}
      </To>
    ),
  }
}

function RequestLink({ tenant, id, name }: { readonly tenant: string; readonly id: string; readonly name: string }) {
  return (
    <To to="/t/$tenant/requests/$id" params={{ tenant, id }} className={css.link}>
      {name}
    </To>
  )
}

function detail(shown: ReactNode): Pick<Row, 'detail'> {
  return shown === undefined || shown === false ? {} : { detail: shown }
}
