// The columns of lists of people.

import { Checkbox } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/CheckboxCard.css'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Resource } from '../api/scim.ts'
import { since } from '../words/figures.ts'
import type { Column } from './grid.tsx'
import { To } from './link.tsx'
import { nameOf, placeOf, textAt } from './person-names.ts'
import type { Sorting } from './sorting.tsx'
import { Status } from './status.tsx'

const UNSORTED = () => ({})

/** Whether somebody is active. */
export function Activity({ active }: { readonly active: boolean }) {
  const { t } = useTranslation('people')
  return <Status state={active ? 'ok' : 'off'}>{t(active ? 'active' : 'inactive')}</Status>
}

/** Name, userName, place, state, and when they last changed; with a box to select, if they can be selected. */
export function usePeopleColumns(
  tenant: string,
  selection?: { readonly selected: ReadonlySet<string>; readonly toggle: (id: string) => void },
  heading: Sorting['heading'] = UNSORTED,
): readonly Column<Resource>[] {
  const { t } = useTranslation('people')
  return useMemo(() => {
    const columns: readonly Column<Resource>[] = [
      {
        id: 'name',
        title: t('name'),
        ...heading('displayName'),
        width: 'minmax(160px, 2fr)',
        narrow: 'lead',
        cell: (person) => (
          <To to="/t/$tenant/people/$id" params={{ tenant, id: person.id }} tabIndex={-1}>
            {nameOf(person)}
          </To>
        ),
      },
      {
        id: 'userName',
        title: 'userName',
        ...heading('userName'),
        width: 'minmax(160px, 2fr)',
        cell: (person) => textAt(person, 'userName'),
      },
      { id: 'place', title: t('department'), width: 'minmax(100px, 1fr)', narrow: 'hidden', cell: placeOf },
      {
        id: 'state',
        title: t('state'),
        ...heading('active'),
        width: '120px',
        narrow: 'state',
        cell: (person) => <Activity active={person.active !== false} />,
      },
      {
        id: 'changed',
        title: t('changed'),
        ...heading('meta.lastModified'),
        width: '130px',
        narrow: 'hidden',
        cell: (person) => (person.meta?.lastModified === undefined ? '' : since(person.meta.lastModified)),
      },
    ]
    if (selection === undefined) return columns
    const box: Column<Resource> = {
      id: 'select',
      title: t('select'),
      width: '64px',
      narrow: 'hidden',
      cell: ({ id }) => (
        <Checkbox
          size="xs"
          tabIndex={-1}
          checked={selection.selected.has(id)}
          onChange={() => selection.toggle(id)}
          aria-label={t('select')}
        />
      ),
    }
    return [box, ...columns]
  }, [tenant, t, selection, heading])
}
