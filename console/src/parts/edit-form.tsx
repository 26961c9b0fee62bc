// A form for a resource, made from its schemas; what is changed becomes one PATCH.

import { Button, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Operation, patchScim, type Resource, useScim } from '../api/scim.ts'
import css from './directory.module.css'
import { Failed } from './failed.tsx'
import { Loaded } from './loaded.tsx'
import { type Field, fieldsOf, type SchemaList, schemasOf, valueAt } from './schemas.ts'

/** What a field holds while it is edited. */
type Held = string | boolean

/** Edits a resource. */
export function EditForm({
  tenant,
  endpoint,
  resource,
  done,
}: {
  readonly tenant: string
  readonly endpoint: string
  readonly resource: Resource
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
          fields={fieldsOf(schemasOf(list, resource))}
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
  const { operations, faults } = operationsOf(fields, held, resource)
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (operations.length === 0 || faults.size > 0) return
    setBusy(true)
    try {
      await patchScim(tenant, `${endpoint}/${resource.id}`, operations, resource.meta?.version)
      done()
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className={css.form} onSubmit={(event) => void save(event)}>
      {fields.map((field) => (
        <FieldInput
          key={field.path}
          field={field}
          value={held[field.path] ?? shownIn(field, valueAt(resource, field.path))}
          fault={faults.get(field.path)}
          onChange={(value) => setHeld({ ...held, [field.path]: value })}
        />
      ))}
      {error !== undefined && <Failed error={error} />}
      <div className={css.buttons}>
        <Button type="submit" loading={busy} disabled={operations.length === 0 || faults.size > 0}>
          {t('save', { count: operations.length })}
        </Button>
      </div>
    </form>
  )
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
