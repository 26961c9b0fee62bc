// Rows of rules that give roles: by the value of a claim, or by a group.

import { Button, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type Role, RoleField } from '../parts/reach-fields.tsx'
import css from './settings.module.css'

/** A rule while it is typed. */
export interface Rule {
  readonly claim: string
  readonly value: string
  readonly role: Role
  /** With commas between them; empty: all. */
  readonly tenants: string
}

/** A new rule. */
export const RULE: Rule = { claim: 'groups', value: '', role: 'support', tenants: '' }

/** A rule of the settings, to be typed over. */
export function ruleOf(
  claim: string,
  value: string,
  { role, tenants = [] }: { readonly role: Role; readonly tenants?: readonly string[] | undefined },
): Rule {
  return { claim, value, role, tenants: tenants.join(', ') }
}

/** Rules as the settings take them. */
export function rulesOf(rules: readonly Rule[]) {
  return rules.map(({ claim, value, role, tenants }) => {
    const named = tenants.split(/[\s,]+/).filter((one) => one !== '')
    return { claim: claim.trim(), value: value.trim(), role, ...(named.length === 0 ? {} : { tenants: named }) }
  })
}

/** The rows. Without a claim the value is a group. */
export function Rules({
  rules,
  change,
  withClaim = false,
}: {
  readonly rules: readonly Rule[]
  readonly change: (rules: readonly Rule[]) => void
  readonly withClaim?: boolean
}) {
  const { t } = useTranslation('ways')
  const set = (at: number, own: Partial<Rule>) =>
    change(rules.map((rule, one) => (one === at ? { ...rule, ...own } : rule)))
  return rules.map((rule, at) => (
    <div key={at} className={css.row}>
      {withClaim && (
        <TextInput
          label={t('signIn.claim')}
          value={rule.claim}
          onChange={(event) => set(at, { claim: event.currentTarget.value })}
        />
      )}
      <TextInput
        label={t(withClaim ? 'signIn.value' : 'signIn.group')}
        value={rule.value}
        onChange={(event) => set(at, { value: event.currentTarget.value })}
      />
      <RoleField role={rule.role} change={(role) => set(at, { role })} />
      <TextInput
        label={t('tenants')}
        value={rule.tenants}
        onChange={(event) => set(at, { tenants: event.currentTarget.value })}
      />
      <Button variant="default" onClick={() => change(rules.filter((_, one) => one !== at))}>
        {t('signIn.drop')}
      </Button>
    </div>
  ))
}
