// The map of an app: a rule for each attribute, and beside it real people through it, before it is saved.

import { ActionIcon, Button, SegmentedControl, Select, TextInput } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import { useQueryClient } from '@tanstack/react-query'
import { Plus, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../api/use-api.ts'
import { Failed } from '../../parts/failed.tsx'
import { JsonEdit } from '../../parts/json-view.tsx'
import { To } from '../../parts/link.tsx'
import { Panel } from '../../parts/page.tsx'
import { Status } from '../../parts/status.tsx'
import { useSafeSave } from '../../parts/use-safe-save.tsx'
import { useMay } from '../../session.tsx'
import type { AppTab } from './app-tab.ts'
import css from './apps.module.css'
import { linesOf, mapOf, ORIGINS, type RuleLine } from './map-rules.ts'
import { Findings, type Preview, PreviewTable } from './preview-table.tsx'

type Type = 'User' | 'Group'

const NOTHING_WRONG: ReturnType<typeof mapOf>['wrong'] = new Map()

export default function MapTab({ tenant, app }: AppTab) {
  const { t } = useTranslation('apps')
  const may = useMay('apps')
  const [type, setType] = useState<Type>('User')
  const [asJson, setAsJson] = useState(false)
  const saved = { User: linesOf(app.map?.User), Group: linesOf(app.map?.Group) }
  const [lines, setLines] = useState<{ readonly [type in Type]: readonly RuleLine[] }>(saved)
  const [before, setBefore] = useState<Preview>()
  const params = { tenant, app: app.app }
  const preview = useAct('POST /tenants/{tenant}/apps/{app}/map/preview')
  const save = useAct('PATCH /tenants/{tenant}/apps/{app}')
  const users = mapOf(lines.User)
  const groups = mapOf(lines.Group)
  const map = { User: lines.User.length === 0 ? null : users.map, Group: lines.Group.length === 0 ? null : groups.map }
  const isWrong = users.wrong.size + groups.wrong.size > 0
  const isChanged = JSON.stringify(lines) !== JSON.stringify(saved)
  // Without a rule of its own a type has the built-in map: it is shown, and is where one begins.
  const isBuiltIn = lines[type].length === 0
  const builtIn = linesOf(before?.maps[type])
  const { mutateAsync } = preview
  useEffect(() => {
    void mutateAsync({ params, body: { sample: 20 } }).then(setBefore, () => {})
  }, [])
  const client = useQueryClient()
  const { quicker, isLate, ...safe } = useSafeSave(
    { version: app.version, now: (app.map ?? {}) as never, mine: map as never },
    (ifMatch) => save.mutateAsync({ params, body: { map } as never, safely: { ifMatch } }),
    () => client.invalidateQueries(),
    (part: NonNullable<typeof app.map>) => setLines({ User: linesOf(part.User), Group: linesOf(part.Group) }),
  )
  const change = (own: readonly RuleLine[]) => setLines({ ...lines, [type]: own })
  return (
    <>
      <Panel
        title={t('map.title')}
        actions={
          <>
            <SegmentedControl
              size="xs"
              aria-label={t('map.type')}
              value={type}
              onChange={(value) => setType(value as Type)}
              data={(['User', 'Group'] as const).map((value) => ({ value, label: t(`map.${value}`) }))}
            />
            <Button size="xs" variant="default" aria-pressed={asJson} onClick={() => setAsJson(!asJson)}>
              JSON
            </Button>
          </>
        }
      >
        <p className={css.quiet}>{isBuiltIn ? t('map.builtIn') : t('map.lead')}</p>
        {asJson ? (
          <JsonEdit
            key={type}
            text={JSON.stringify(mapOf(lines[type]).map, null, 2)}
            onChange={(text) => setLines((now) => ({ ...now, [type]: linesIn(text) ?? now[type] }))}
            label={t('map.title')}
            height={320}
          />
        ) : isBuiltIn ? (
          <Rules lines={builtIn} wrong={NOTHING_WRONG} change={undefined} />
        ) : (
          <Rules
            lines={lines[type]}
            wrong={(type === 'User' ? users : groups).wrong}
            change={may ? change : undefined}
          />
        )}
        <div className={css.bar}>
          <Button
            variant="default"
            disabled={isWrong}
            loading={preview.isPending}
            onClick={() => preview.mutate({ params, body: { settings: { map } as never, sample: 20 } })}
          >
            {t('map.preview')}
          </Button>
          {may && isBuiltIn && (
            <Button variant="default" disabled={builtIn.length === 0} onClick={() => change(builtIn)}>
              {t('map.beginWith')}
            </Button>
          )}
          {may && (
            <Button disabled={isWrong || !isChanged} loading={save.isPending} onClick={() => void safe.save()}>
              {t('map.save')}
            </Button>
          )}
          {save.isSuccess && !isChanged && (
            <Status state="ok">
              {t('saved')}{' '}
              <To to="/t/$tenant/apps/$app/$tab" params={{ ...params, tab: 'plan' }}>
                {t('planIt')}
              </To>
            </Status>
          )}
        </div>
        {quicker}
        {save.error !== null && !isLate && <Failed error={save.error} />}
      </Panel>
      <Panel title={t('preview.title')}>
        {preview.error !== null && <Failed error={preview.error} />}
        {preview.data !== undefined && (
          <>
            <Findings findings={preview.data.findings} />
            <PreviewTable preview={preview.data} before={before} />
          </>
        )}
      </Panel>
    </>
  )
}

/** The rules, a line each. Without `change` they are only shown. */
function Rules({
  lines,
  wrong,
  change,
}: {
  readonly lines: readonly RuleLine[]
  readonly wrong: ReturnType<typeof mapOf>['wrong']
  readonly change: ((lines: readonly RuleLine[]) => void) | undefined
}) {
  const { t } = useTranslation('apps')
  const set = (at: number, part: Partial<RuleLine>) =>
    change?.(lines.map((line, own) => (own === at ? { ...line, ...part } : line)))
  const readOnly = change === undefined
  return (
    <div className={css.rules}>
      {lines.map((line, at) => {
        const fault = wrong.get(at)
        const error = (part: typeof fault) => (fault === part ? t(`map.wrong.${part ?? 'source'}`) : undefined)
        return (
          <div key={at} className={css.rule}>
            <TextInput
              aria-label={t('map.target')}
              value={line.target}
              readOnly={readOnly}
              error={error('target') ?? error('twice')}
              onChange={(event) => set(at, { target: event.currentTarget.value })}
            />
            <Select
              aria-label={t('map.origin')}
              value={line.origin}
              allowDeselect={false}
              readOnly={readOnly}
              data={ORIGINS.map((value) => ({ value, label: t(`map.origins.${value}`) }))}
              onChange={(value) => value !== null && set(at, { origin: value as RuleLine['origin'] })}
            />
            <TextInput
              aria-label={t('map.source')}
              value={line.source}
              readOnly={readOnly}
              error={error('source')}
              onChange={(event) => set(at, { source: event.currentTarget.value })}
            />
            <TextInput
              aria-label={t('map.rest')}
              {...(readOnly ? {} : { placeholder: '"whenMissing":"clear"' })}
              value={line.more}
              readOnly={readOnly}
              error={error('more')}
              onChange={(event) => set(at, { more: event.currentTarget.value })}
            />
            {change !== undefined && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={t('map.remove', { target: line.target })}
                onClick={() => change(lines.filter((_, own) => own !== at))}
              >
                <Trash2 size={14} />
              </ActionIcon>
            )}
          </div>
        )
      })}
      {change !== undefined && (
        <div>
          <Button
            size="xs"
            variant="subtle"
            leftSection={<Plus size={14} />}
            onClick={() => change([...lines, { target: '', origin: 'from', source: '', more: '' }])}
          >
            {t('map.add')}
          </Button>
        </div>
      )}
    </div>
  )
}

/** The lines of a map that was typed as JSON; undefined while it can't be read. */
function linesIn(text: string): readonly RuleLine[] | undefined {
  try {
    const map: unknown = JSON.parse(text)
    return typeof map === 'object' && map !== null ? linesOf(map as { readonly [target: string]: unknown }) : undefined
  } catch {
    return undefined
  }
}
