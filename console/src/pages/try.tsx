// A SCIM request by hand, as any connection would send it: dry unless one says otherwise.

import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/CheckboxCard.css'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, type Body, callOf } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { JsonEdit, JsonView } from '../parts/json-view.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Status, stateOfStatus } from '../parts/status.tsx'
import { Bends, Changes, Explained } from '../requests/told.tsx'
import { useLanguage } from '../requests/verdict.tsx'
import { flag, oneOf, text, useParam, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import { KINDS } from './kinds.ts'
import css from './requests.module.css'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const SEARCH = { method: oneOf(METHODS), path: text('/Users?count=10'), as: text('kind:strict'), wet: flag() }
const EXAMPLES: { readonly [method: string]: string } = {
  POST: '{\n  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],\n  "userName": "ada@example.com"\n}',
  PUT: '{\n  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],\n  "userName": "ada@example.com"\n}',
  PATCH:
    '{\n  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],\n  "Operations": [{ "op": "replace", "path": "active", "value": false }]\n}',
}

/** The page that tries a request. */
export default function Try() {
  const { t } = useTranslation('requests')
  const tenant = useParam('tenant')
  const language = useLanguage()
  const mayEdit = useMay('edit')
  const [{ method, path, as, wet }, change] = useSearchState(SEARCH)
  const [typed, setTyped] = useState<string>()
  const run = useAct('POST /tenants/{tenant}/try')
  const body = typed ?? EXAMPLES[method] ?? ''
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH'
  const [what, name = ''] = [as.slice(0, as.indexOf(':')), as.slice(as.indexOf(':') + 1)]
  const speaker = what === 'connection' ? { connection: name } : { kind: name as 'entra' }
  const sent: Body<'POST /tenants/{tenant}/try'> = {
    method,
    path: encodedPath(path),
    dry: !(wet && mayEdit),
    language,
    ...speaker,
    ...(hasBody ? { body: jsonOr(body) } : {}),
  }
  const given = { params: { tenant }, body: sent }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run.mutate(given)
  }
  return (
    <Page
      title={t('try.title')}
      lead={t('try.lead')}
      actions={<AsCommand call={callOf('POST /tenants/{tenant}/try', given)} />}
    >
      <Panel label={t('try.title')}>
        <form className={css.stack} onSubmit={submit}>
          <div className={css.fields}>
            <Select
              label={t('try.method')}
              data={[...METHODS]}
              value={method}
              allowDeselect={false}
              onChange={(one) => change({ method: (one ?? 'GET') as 'GET' })}
            />
            <Speaker tenant={tenant} value={as} change={(one) => change({ as: one })} />
          </div>
          <TextInput
            label={t('try.path')}
            description={t('try.pathHow')}
            value={path}
            onChange={(event) => change({ path: event.currentTarget.value })}
            spellCheck={false}
            autoComplete="off"
          />
          {hasBody && <JsonEdit key={method} text={body} onChange={setTyped} label={t('try.body')} height={220} />}
          {mayEdit && (
            <Checkbox
              label={t('try.dry')}
              checked={!wet}
              onChange={(event) => change({ wet: !event.currentTarget.checked })}
            />
          )}
          {wet && mayEdit && <Status state="warn">{t('try.wet')}</Status>}
          <div className={css.buttons}>
            <Button type="submit" loading={run.isPending} {...(wet && mayEdit ? { color: 'red' } : {})}>
              {t(wet && mayEdit ? 'try.carry' : 'try.run')}
            </Button>
          </div>
        </form>
      </Panel>
      {run.error !== null && <Failed error={run.error} />}
      {run.data !== undefined && <Result tried={run.data} />}
    </Page>
  )
}

function Speaker({
  tenant,
  value,
  change,
}: {
  readonly tenant: string
  readonly value: string
  readonly change: (value: string) => void
}) {
  const { t } = useTranslation('requests')
  const { t: common } = useTranslation()
  const { data } = useApi('GET /tenants/{tenant}/connections', { params: { tenant }, query: { limit: 1_000 } })
  const connections = (data?.items ?? []).map(({ connection, label }) => ({
    value: `connection:${connection}`,
    label: label === '' || label === connection ? connection : `${label} (${connection})`,
  }))
  return (
    <Select
      label={t('try.as')}
      description={t('try.asHow')}
      data={[
        ...(connections.length === 0 ? [] : [{ group: t('try.connections'), items: connections }]),
        {
          group: t('try.kinds'),
          items: KINDS.map((kind) => ({ value: `kind:${kind}`, label: common(`kinds.${kind}`) })),
        },
      ]}
      value={value}
      allowDeselect={false}
      searchable
      onChange={(one) => change(one ?? 'kind:strict')}
    />
  )
}

function Result({ tried }: { readonly tried: Answer<'POST /tenants/{tenant}/try'> }) {
  const { t } = useTranslation('requests')
  const { status, body, explanation, bends, left, changes, dry } = tried
  return (
    <div className={css.stack} role="status">
      {explanation !== undefined && <Explained told={explanation} status={status} />}
      <Panel
        title={t('try.answer')}
        actions={
          <Status state={stateOfStatus(status)} ground>
            {status}
          </Status>
        }
      >
        <div className={css.stack}>
          <p className={css.quiet}>{t(dry ? 'try.dryDone' : 'try.done')}</p>
          {body !== undefined && <JsonView value={body} label={t('try.answer')} height={280} />}
        </div>
      </Panel>
      {bends.length > 0 && (
        <Panel title={t('bent.title')}>
          <Bends bends={bends} />
        </Panel>
      )}
      {left.length > 0 && (
        <p>
          {t('left')} <code>{left.join(', ')}</code>
        </p>
      )}
      {dry && status < 400 && (
        <Panel title={t('changes.title')}>
          <Changes changes={changes} />
        </Panel>
      )}
    </div>
  )
}

/** A path as one types it, with blanks and quotes of a filter encoded; what is encoded already stays. */
function encodedPath(path: string): string {
  return path.replace(/[\s"<>\\^`{|}]/g, (sign) => encodeURIComponent(sign))
}

/** JSON, or the text itself: what is no JSON can be tried, too. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
