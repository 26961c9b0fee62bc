// One operation of the admin API: what it needs, its shapes as a tree, and a way to try it with one's own session.

import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Call, send } from '../api/client.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { JsonEdit, JsonView } from '../parts/json-view.tsx'
import { Status } from '../parts/status.tsx'
import { useSession } from '../session.tsx'
import css from './api.module.css'
import type { Described, Schema } from './api-document.ts'

/** One operation. */
export function Operation({ operation }: { readonly operation: Described }) {
  const { t } = useTranslation('api')
  const { capabilities } = useSession()
  const { method, path, summary, capability, parameters, body, answer, status } = operation
  const may =
    capability === 'nothing' || capability === 'session' || (capabilities as readonly string[]).includes(capability)
  return (
    <article className={css.operation} aria-label={`${method} ${path}`}>
      <header>
        <h2 className="mono">
          {method} {path}
        </h2>
        <p>{summary}</p>
        <p>
          <Status state={may ? 'ok' : 'off'}>{t(may ? 'needsHave' : 'needsLack', { capability })}</Status>
        </p>
      </header>
      {parameters.length > 0 && (
        <section>
          <h3>{t('parameters')}</h3>
          <ul className={css.tree}>
            {parameters.map(({ name, required, schema, in: where }) => (
              <Field key={`${where} ${name}`} name={name} schema={schema} required={required} />
            ))}
          </ul>
        </section>
      )}
      {body !== undefined && (
        <section>
          <h3>{t('body')}</h3>
          <Tree schema={body} />
        </section>
      )}
      {answer !== undefined && (
        <section>
          <h3>{t('answer', { status })}</h3>
          <Tree schema={answer} />
        </section>
      )}
      {may && <Try operation={operation} />}
    </article>
  )
}

function Tree({ schema }: { readonly schema: Schema }) {
  const properties = Object.entries(schema.properties ?? {})
  if (properties.length === 0) return <p className="mono">{typeOf(schema)}</p>
  return (
    <ul className={css.tree}>
      {properties.map(([name, inner]) => (
        <Field key={name} name={name} schema={inner} required={schema.required?.includes(name) === true} />
      ))}
    </ul>
  )
}

/** Deeper than this nobody reads. */
const DEEPEST = 6

function Field({
  name,
  schema,
  required,
  depth = 0,
}: {
  readonly name: string
  readonly schema: Schema
  readonly required: boolean
  readonly depth?: number
}) {
  const { t } = useTranslation('api')
  const inner = Object.entries(schema.properties ?? schema.items?.properties ?? {})
  const names = (schema.properties === undefined ? schema.items : schema)?.required ?? []
  return (
    <li>
      <span className={css.field}>
        <code>{name}</code>
        <span className={css.type}>{typeOf(schema)}</span>
        {!required && <span className={css.type}>{t('optional')}</span>}
      </span>
      {schema.description !== undefined && <span className={css.says}>{schema.description}</span>}
      {inner.length > 0 && depth < DEEPEST && (
        <ul className={css.tree}>
          {inner.map(([key, value]) => (
            <Field key={key} name={key} schema={value} required={names.includes(key)} depth={depth + 1} />
          ))}
        </ul>
      )}
    </li>
  )
}

/** The most words of a list of choices that are shown. */
const CHOICES = 8

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) {
    const shown = schema.enum.slice(0, CHOICES).map(String).join(' | ')
    return schema.enum.length > CHOICES ? `${shown} | …` : shown
  }
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return either.map(typeOf).join(' | ')
  if (schema.items !== undefined) return `${typeOf(schema.items)}[]`
  const type = typeof schema.type === 'string' ? schema.type : (schema.type ?? ['any']).join(' | ')
  return schema.format === undefined ? type : `${type} (${schema.format})`
}

function Try({ operation: { method, path, parameters, body } }: { readonly operation: Described }) {
  const { t } = useTranslation('api')
  const [values, setValues] = useState<{ readonly [name: string]: string }>({})
  const [text, setText] = useState('{}')
  const [answer, setAnswer] = useState<{ readonly status: number; readonly body: unknown }>()
  const [error, setError] = useState<unknown>()
  const call = callWith(method, path, parameters, values, body === undefined ? undefined : text)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setError(undefined)
    try {
      const response = await send(call)
      const given = await response.text()
      setAnswer({ status: response.status, body: given === '' ? null : parsed(given) })
    } catch (failure) {
      setAnswer(undefined)
      setError(failure)
    }
  }
  return (
    <section>
      <h3>{t('try')}</h3>
      <form className={css.form} onSubmit={(event) => void submit(event)}>
        {parameters.map(({ name, required }) => (
          <TextInput
            key={name}
            label={name}
            required={required}
            withAsterisk={false}
            value={values[name] ?? ''}
            onChange={({ currentTarget: { value } }) => setValues((before) => ({ ...before, [name]: value }))}
          />
        ))}
        {body !== undefined && <JsonEdit text={text} onChange={setText} label={t('body')} height={160} />}
        <div className={css.buttons}>
          <Button type="submit" {...(method === 'GET' ? {} : { color: 'red' })}>
            {t(method === 'GET' ? 'send' : 'sendReal')}
          </Button>
          <AsCommand call={call} />
        </div>
      </form>
      {error !== undefined && <Failed error={error} />}
      {answer !== undefined && (
        <>
          <p>
            <Status state="ok">{answer.status}</Status>
          </p>
          <JsonView value={answer.body} height={280} />
        </>
      )}
    </section>
  )
}

function callWith(
  method: string,
  path: string,
  parameters: Described['parameters'],
  values: { readonly [name: string]: string },
  body: string | undefined,
): Call {
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
  const query = new URLSearchParams(
    parameters
      .filter((one) => one.in === 'query' && (values[one.name] ?? '') !== '')
      .map(({ name }) => [name, values[name] ?? '']),
  )
  return {
    method,
    path: place.slice(1) + (query.size === 0 ? '' : `?${query}`),
    ...(body === undefined ? {} : { body }),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
