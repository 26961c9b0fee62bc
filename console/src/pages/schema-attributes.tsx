// The attributes of a schema as a tree, their characteristics as words. RFC 7643 §7.

import { useTranslation } from 'react-i18next'
import css from './schemas.module.css'

/** An attribute of a schema. */
export interface Attribute {
  readonly name: string
  readonly type?: string
  readonly description?: string
  readonly multiValued?: boolean
  readonly required?: boolean
  readonly caseExact?: boolean
  readonly mutability?: string
  readonly returned?: string
  readonly uniqueness?: string
  readonly canonicalValues?: readonly string[]
  readonly subAttributes?: readonly Attribute[]
}

/** The attributes. */
export function Attributes({ attributes }: { readonly attributes: readonly Attribute[] }) {
  const { t } = useTranslation('schemas')
  return (
    <ul className={css.tree}>
      {attributes.map((one) => (
        <li key={one.name}>
          <span className={css.attribute}>
            <code>{one.name}</code>
            <span>{[one.type ?? 'string', ...wordsOf(one, t)].join(' · ')}</span>
          </span>
          {one.description !== undefined && one.description !== '' && (
            <span className={css.says}>{one.description}</span>
          )}
          {one.subAttributes !== undefined && one.subAttributes.length > 0 && (
            <Attributes attributes={one.subAttributes} />
          )}
        </li>
      ))}
    </ul>
  )
}

/** What is not as one would expect: a single optional value that everybody reads and writes. */
function wordsOf(
  { multiValued, required, caseExact, mutability, returned, uniqueness }: Attribute,
  t: (key: 'several' | 'required' | 'caseExact') => string,
): readonly string[] {
  return [
    ...(multiValued === true ? [t('several')] : []),
    ...(required === true ? [t('required')] : []),
    ...(caseExact === true ? [t('caseExact')] : []),
    ...(mutability === undefined || mutability === 'readWrite' ? [] : [mutability]),
    ...(returned === undefined || returned === 'default' ? [] : [`returned: ${returned}`]),
    ...(uniqueness === undefined || uniqueness === 'none' ? [] : [`unique: ${uniqueness}`]),
  ]
}
