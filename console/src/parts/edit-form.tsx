// A form for a resource, made from its schemas; what is changed becomes one PATCH.

import { Button, Select, Switch, Textarea, TextInput } from '@mantine/core'
import '@mantine/core/styles/Switch.css'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/client.ts'
import { type Operation, patchScim, type Resource, searchScim, useScim } from '../api/scim.ts'
import { differences, type Json } from './diff.ts'
import css from './directory.module.css'
import { Failed } from './failed.tsx'
import { Loaded } from './loaded.tsx'
import { Quicker } from './quicker.tsx'
import { type Field, fieldsOf, type SchemaList, schemasOf, urnsIn, valueAt } from './schemas.ts'

/** What a field holds while it is edited. */
type Held = string | boolean

/** Edits a resource. */
export function EditForm({
  tenant,
  endpoint,
  resource,
  urns,
  done,
}: {
  readonly tenant: string
  readonly endpoint: string
  readonly resource: Resource
  /** The schemas that it may use, its own first. Absent: those that it uses. */
  readonly urns?: readonly string[]
  readonly done: () => void
}) {
  const schemas = useScim<SchemaList>(tenant, '/Schemas')
  return (
    <Loaded read={schemas} lines={8}>
      {(list) => (
        <Fields
          tenant={tenant}
          endpoint={endpoint}
          resource={resource}
          fields={fieldsOf(schemasOf(list, urns ?? urnsIn(list, resource)))}
          done={done}
        />
      )}
    </Loaded>
  )
}

function Fields({
  tenant,
  endpoint,
  resource,
  fields,
  done,
}: {
  readonly tenant: string
  readonly endpoint: string
  readonly resource: Resource
  readonly fields: readonly Field[]
  readonly done: () => void
}) {
  const { t } = useTranslation('people')
  const [held, setHeld] = useState<{ readonly [path: string]: Held }>({})
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  // What was opened: what comes later by itself is not what one has looked at.
  const [base, setBase] = useState(resource)
  const [theirs, setTheirs] = useState<Resource>()
  const { operations, faults } = operationsOf(fields, held, base)
  const save = async (over: Resource) => {
    if (operations.length === 0 || faults.size > 0) return
    setBusy(true)
    setError(undefined)
    try {
      await patchScim(tenant, `${endpoint}/${base.id}`, operations, over.meta?.version)
      done()
    } catch (failure) {
      const now =
        failure instanceof ApiError && failure.status === 412 ? await read(tenant, endpoint, base.id) : undefined
      setTheirs(now)
      if (now === undefined) setError(failure)
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void save(base)
  }
  return (
    <form className={css.form} onSubmit={submit}>
      {fields.map((field) => (
        <FieldInput
          key={field.path}
          field={field}
          value={held[field.path] ?? shownIn(field, valueAt(base, field.path))}
          fault={faults.get(field.path)}
          onChange={(value) => setHeld({ ...held, [field.path]: value })}
        />
      ))}
      {error !== undefined && <Failed error={error} />}
      {theirs !== undefined && (
        <Quicker
          theirs={differences(toldOf(base), toldOf(theirs))}
          yours={operations.flatMap(({ path = '', value }) =>
            differences(valueAt(base, path) as Json | undefined, value as Json | undefined).map((one) => ({
              ...one,
              path: `${path}${one.path}`,
            })),
          )}
          keep={() => void save(theirs)}
          take={() => {
            setHeld({})
            setBase(theirs)
            setTheirs(undefined)
          }}
          busy={busy}
        />
      )}
      <div className={css.buttons}>
        <Button type="submit" loading={busy} disabled={operations.length === 0 || faults.size > 0}>
          {t('save', { count: operations.length })}
        </Button>
      </div>
    </form>
  )
}

/** What is there now; undefined if it is gone, or cannot be read. Without what may be long and is not edited here. */
async function read(tenant: string, endpoint: string, id: string): Promise<Resource | undefined> {
  const search = { filter: `id eq ${JSON.stringify(id)}`, count: 1, excludedAttributes: ['members', 'groups'] }
  return (await searchScim(tenant, endpoint, search).catch(() => undefined))?.Resources?.[0]
}

/** What of a resource somebody may have changed. */
function toldOf({ meta: _meta, groups: _groups, members: _members, ...rest }: Resource): Json {
  return rest as unknown as Json
}

function FieldInput({
  field,
  value,
  fault,
  onChange,
}: {
  readonly field: Field
  readonly value: Held
  readonly fault: string | undefined
  readonly onChange: (value: Held) => void
}) {
  const { label, kind, required, choices } = field
  if (kind === 'boolean')
    return <Switch label={label} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
  const text = String(value)
  if (kind === 'json')
    return (
      <Textarea
        label={label}
        value={text}
        error={fault}
        autosize
        minRows={1}
        maxRows={12}
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  if (choices.length > 0)
    return (
      <Select
        label={label}
        data={[...choices]}
        value={text}
        searchable
        clearable
        onChange={(next) => onChange(next ?? '')}
      />
    )
  return (
    <TextInput
      label={label}
      value={text}
      error={fault}
      required={required}
      inputMode={kind === 'number' ? 'decimal' : 'text'}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

function shownIn({ kind }: Field, value: unknown): Held {
  if (kind === 'boolean') return value === true
  if (value === undefined || value === null) return ''
  return kind === 'json' ? JSON.stringify(value) : String(value)
}

/** The PATCH that makes a resource what the form says; empty fields take their value away. */
function operationsOf(
  fields: readonly Field[],
  held: { readonly [path: string]: Held },
  resource: Resource,
): { readonly operations: readonly Operation[]; readonly faults: ReadonlyMap<string, string> } {
  const operations: Operation[] = []
  const faults = new Map<string, string>()
  for (const field of fields) {
    const { path, kind } = field
    const value = held[path]
    if (value === undefined || value === shownIn(field, valueAt(resource, path))) continue
    if (value === '') operations.push({ op: 'remove', path })
    else if (kind === 'text' || kind === 'boolean') operations.push({ op: 'replace', path, value })
    else {
      try {
        operations.push({ op: 'replace', path, value: JSON.parse(String(value)) })
      } catch (error) {
        faults.set(path, error instanceof Error ? error.message : String(error))
      }
    }
  }
  return { operations, faults }
}
