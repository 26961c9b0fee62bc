// What somebody may do, and where: the role, and the tenants, as two fields of a form.

import { Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Body } from '../api/client.ts'

/** A role of the admin API. */
export type Role = Body<'POST /operators'>['role']
const ROLES: readonly Role[] = ['owner', 'operator', 'administrator', 'auditor', 'support']

/** The field of a role. */
export function RoleField({ role, change }: { readonly role: Role; readonly change: (role: Role) => void }) {
  const { t } = useTranslation('ways')
  return (
    <Select
      label={t('role')}
      data={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
      value={role}
      onChange={(value) => change((value ?? 'support') as Role)}
    />
  )
}

/** The field of tenants, as they are typed: none is all. */
export function TenantsField({
  tenants,
  change,
}: {
  readonly tenants: string
  readonly change: (tenants: string) => void
}) {
  const { t } = useTranslation('ways')
  return (
    <TextInput
      label={t('tenants')}
      description={t('tenantsHow')}
      value={tenants}
      onChange={(event) => change(event.currentTarget.value)}
      autoComplete="off"
    />
  )
}

/** Role and tenants as a body has them: without tenants it is for all. */
export function reachOf(role: Role, tenants: string): { readonly role: Role; readonly tenants?: readonly string[] } {
  const named = tenants.split(/[\s,]+/).filter((one) => one !== '')
  return { role, ...(named.length === 0 ? {} : { tenants: named }) }
}
