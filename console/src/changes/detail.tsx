// One line of the log: what it changed, what it came from, and ways back.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Differences } from '../parts/change-diff.tsx'
import { differencesIn } from '../parts/changes.ts'
import css from '../parts/directory.module.css'
import { To } from '../parts/link.tsx'
import { Moved } from '../parts/moved.tsx'
import { NameOf } from '../parts/name-of.tsx'
import { Facts, Panel } from '../parts/page.tsx'
import { pageOfResource } from '../parts/types.ts'
import { type Run, UndoPlan } from '../parts/undo-plan.tsx'
import { useMay } from '../session.tsx'
import { moment } from '../words/figures.ts'
import { Cause } from './cause.tsx'
import type { Line } from './filter.ts'

const HOUR_MS = 3_600_000

/** A line beside the list. */
export function LineDetail({
  tenant,
  line,
  close,
  undone,
}: {
  readonly tenant: string
  readonly line: Line
  readonly close: () => void
  readonly undone: () => void
}) {
  const { t } = useTranslation('changes')
  const mayEdit = useMay('edit')
  const [undoing, setUndoing] = useState<{ readonly places?: readonly number[]; readonly run?: Run }>()
  const { type, id, actor, at, place, op, paths, members, txn } = line
  const seesValues = useMay('values')
  const time = new Date(at).getTime()
  const around = { actor, since: new Date(time - HOUR_MS).toISOString(), until: new Date(time + 1).toISOString() }
  return (
    <Panel
      title={`#${place}`}
      actions={
        <Button variant="subtle" size="compact-sm" onClick={close}>
          {t('close')}
        </Button>
      }
    >
      <div className={css.detail}>
        <Facts
          facts={[
            [t('time'), moment(at)],
            [t('by'), actor],
            [t('what'), t(`op.${op}`)],
            [
              type,
              op === 'note' ? (
                id
              ) : (
                <To key="to" {...pageOfResource(tenant, type, id)}>
                  <NameOf tenant={tenant} id={id} />
                </To>
              ),
            ],
          ]}
        />
        {(members === undefined || paths.length > 0) && <Differences all={differencesIn(paths)} />}
        {members !== undefined && seesValues && <Moved tenant={tenant} members={members} />}
        {op !== 'note' && <Cause tenant={tenant} line={line} />}
        {mayEdit && op !== 'note' && (
          <div className={css.buttons}>
            <Button variant="default" onClick={() => setUndoing({ places: [place] })}>
              {t('undoThis')}
            </Button>
            {txn !== undefined && (
              <Button variant="default" onClick={() => setUndoing({ run: { txn } })}>
                {t(txn.startsWith('import-') ? 'undoImport' : 'undoRun')}
              </Button>
            )}
            <Button variant="default" onClick={() => setUndoing({ run: around })}>
              {t('undoHour', { actor })}
            </Button>
          </div>
        )}
      </div>
      {undoing !== undefined && (
        <UndoPlan tenant={tenant} {...undoing} close={() => setUndoing(undefined)} done={undone} />
      )}
    </Panel>
  )
}
