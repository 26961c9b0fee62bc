// A resource as a form, made from the schemas of its type. What a schema doesn't let anybody write is not offered.

import { ActionIcon, Autocomplete, Button, NumberInput, Select, TextInput } from '@mantine/core'
import '@mantine/core/styles/NumberInput.css'
import { Plus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Json } from './diff.ts'
import css from './scim-form.module.css'

/** An attribute of a schema. RFC 7643 §7. */
export interface FormAttribute {
  readonly name: string
  readonly type?: string
  readonly description?: string
  readonly multiValued?: boolean
  readonly required?: boolean
  readonly mutability?: string
  readonly returned?: string
  readonly canonicalValues?: readonly string[]
  readonly subAttributes?: readonly FormAttribute[]
}

/** A schema, as far as the form needs it. */
export interface FormSchema {
  readonly id: string
  readonly name: string
  readonly attributes: readonly FormAttribute[]
}

/** A resource as it is edited. */
export type FormDocument = { readonly [name: string]: Json }

/** Sentences about fields, by their path: `name.familyName`, `emails[0].value`. */
export type FormFaults = { readonly [path: string]: string }

/**
 * The form of a resource. Attributes of extensions stand in a group of their own, under the URN of their schema.
 *
 * @example <ScimForm schema={user} extensions={[enterprise]} value={draft} change={setDraft} faults={{}} />
 */
export function ScimForm({
  schema,
  extensions = [],
  value,
  change,
  faults = {},
}: {
  readonly schema: FormSchema
  readonly extensions?: readonly FormSchema[]
  readonly value: FormDocument
  readonly change: (next: FormDocument) => void
  readonly faults?: FormFaults
}) {
  return (
    <div className={css.form}>
      <Fields attributes={schema.attributes} value={value} change={change} path="" faults={faults} />
      {extensions.map(({ id, name, attributes }) => (
        <fieldset key={id} className={css.group}>
          <legend>{name}</legend>
          <Fields
            attributes={attributes}
            value={objectOf(value[id])}
            change={(next) => change(withField(value, id, next))}
            path={`${id}:`}
            faults={faults}
          />
        </fieldset>
      ))}
    </div>
  )
}

interface FieldsProps {
  readonly attributes: readonly FormAttribute[]
  readonly value: FormDocument
  readonly change: (next: FormDocument) => void
  /** Of the attributes, as a beginning. */
  readonly path: string
  readonly faults: FormFaults
}

function Fields({ attributes, value, change, path, faults }: FieldsProps) {
  return attributes
    .filter(canBeWritten)
    .map((attribute) => (
      <Field
        key={attribute.name}
        attribute={attribute}
        value={value[attribute.name]}
        change={(next) => change(withField(value, attribute.name, next))}
        path={path + attribute.name}
        faults={faults}
      />
    ))
}

/** Groups are given by groups, `$ref` follows from the value. */
function canBeWritten({ name, mutability }: FormAttribute): boolean {
  return mutability !== 'readOnly' && name !== '$ref' && name !== 'schemas' && name !== 'id' && name !== 'meta'
}

interface FieldProps {
  readonly attribute: FormAttribute
  readonly value: Json | undefined
  readonly change: (next: Json | undefined) => void
  readonly path: string
  readonly faults: FormFaults
}

function Field(props: FieldProps) {
  const { attribute, value, change, path, faults } = props
  const { name, multiValued, subAttributes = [] } = attribute
  if (multiValued === true) return <Values {...props} />
  if (subAttributes.length === 0) return <Single {...props} label={name} />
  return (
    <fieldset className={css.group}>
      <legend>{name}</legend>
      <div className={css.parts}>
        <Fields attributes={subAttributes} value={objectOf(value)} change={change} path={`${path}.`} faults={faults} />
      </div>
    </fieldset>
  )
}

/** A list of values, each a line. */
function Values({ attribute, value, change, path, faults }: FieldProps) {
  const { t } = useTranslation('parts')
  const { name, subAttributes = [] } = attribute
  const list: readonly Json[] = Array.isArray(value) ? value : []
  const replace = (at: number, next: Json | undefined) => {
    const all = list.flatMap((one, index) => (index !== at ? [one] : next === undefined ? [] : [next]))
    change(all.length === 0 ? undefined : all)
  }
  return (
    <fieldset className={css.group}>
      <legend>{name}</legend>
      {list.map((one, at) => (
        <div key={`${name} ${at}`} className={css.line}>
          <div className={css.parts}>
            {subAttributes.length === 0 ? (
              <Single
                attribute={attribute}
                value={one}
                change={(next) => replace(at, next ?? '')}
                path={`${path}[${at}]`}
                faults={faults}
                label={`${name} ${at + 1}`}
              />
            ) : (
              <Fields
                attributes={subAttributes}
                value={objectOf(one)}
                change={(next) => replace(at, next)}
                path={`${path}[${at}].`}
                faults={faults}
              />
            )}
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('form.remove', { name: `${name} ${at + 1}` })}
            onClick={() => replace(at, undefined)}
          >
            <X size={14} />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<Plus size={12} />}
        onClick={() => change([...list, subAttributes.length === 0 ? '' : {}])}
      >
        {t('form.add', { name })}
      </Button>
    </fieldset>
  )
}

function Single({ attribute, value, change, path, faults, label }: FieldProps & { readonly label: string }) {
  const { t } = useTranslation('parts')
  const { type = 'string', required = false, canonicalValues = [], description } = attribute
  const error = faults[path]
  const common = { label, required, withAsterisk: required, error, title: description ?? '' }
  if (type === 'boolean') {
    const data = [
      { value: '', label: t('form.unset') },
      { value: 'true', label: t('form.yes') },
      { value: 'false', label: t('form.no') },
    ]
    const chosen = typeof value === 'boolean' ? String(value) : ''
    return (
      <Select
        {...common}
        data={data}
        value={chosen}
        onChange={(next) => change(next === 'true' ? true : next === 'false' ? false : undefined)}
      />
    )
  }
  if (type === 'integer' || type === 'decimal') {
    return (
      <NumberInput
        {...common}
        value={typeof value === 'number' ? value : ''}
        allowDecimal={type === 'decimal'}
        hideControls
        onChange={(next) => change(typeof next === 'number' ? next : undefined)}
      />
    )
  }
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  const set = (next: string) => change(next === '' ? undefined : next)
  if (canonicalValues.length > 0)
    return <Autocomplete {...common} data={[...canonicalValues]} value={text} onChange={set} />
  const secret = attribute.returned === 'never'
  return (
    <TextInput
      {...common}
      type={secret ? 'password' : 'text'}
      autoComplete={secret ? 'new-password' : 'off'}
      placeholder={type === 'dateTime' ? '2026-11-30T12:00:00Z' : ''}
      value={text}
      onChange={({ currentTarget: { value: next } }) => set(next)}
    />
  )
}

function objectOf(value: Json | undefined): FormDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as FormDocument) : {}
}

/** The document with a field set, or without it; an object that has become empty goes too. */
function withField(document: FormDocument, name: string, value: Json | undefined): FormDocument {
  const { [name]: _before, ...rest } = document
  const isEmpty =
    value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  return isEmpty ? rest : { ...document, [name]: value }
}
