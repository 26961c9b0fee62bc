// Chooses a tenant from the top bar: found by name, a hundred at a time.

import { Combobox, useCombobox } from '@mantine/core'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/use-api.ts'
import { useGo } from '../parts/link.tsx'
import { useOnlyTenant } from '../session.tsx'
import css from './tenant-chooser.module.css'

/** The chooser, with the tenant of the page. */
export function TenantChooser({ tenant }: { readonly tenant: string | undefined }) {
  const { t } = useTranslation()
  const only = useOnlyTenant()
  const go = useGo()
  const [search, setSearch] = useState('')
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      setSearch('')
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  })
  const found = useApi(
    'GET /tenants',
    { query: { search: search || undefined, limit: 50 } },
    { enabled: combobox.dropdownOpened },
  )
  // Whoever may see one tenant alone has nothing to choose.
  if (only !== undefined) return <span className={css.only}>{only}</span>
  return (
    <Combobox
      store={combobox}
      width={260}
      position="bottom-start"
      transitionProps={{ duration: 0 }}
      onOptionSubmit={(name) => {
        combobox.closeDropdown()
        if (name === '') go({ to: '/' })
        else go({ to: '/t/$tenant', params: { tenant: name } })
      }}
    >
      <Combobox.Target withAriaAttributes={false}>
        <button
          type="button"
          className={css.chooser}
          aria-haspopup="listbox"
          aria-expanded={combobox.dropdownOpened}
          onClick={() => combobox.toggleDropdown()}
        >
          <span className="unseen">{t('tenant')}: </span>
          <span className={css.name}>{tenant ?? t('allTenants')}</span>
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder={t('findTenant')}
          aria-label={t('findTenant')}
        />
        <Combobox.Options mah={320} className={css.options} aria-label={t('tenants')}>
          {search === '' && <Combobox.Option value="">{t('allTenants')}</Combobox.Option>}
          {found.data?.items.map((one) => (
            <Combobox.Option key={one.tenant} value={one.tenant} active={one.tenant === tenant}>
              {one.tenant}
            </Combobox.Option>
          ))}
          {found.data?.items.length === 0 && <Combobox.Empty>{t('noTenant')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
