// An element of a multi-valued attribute that has value and type, like an e-mail address.

import type { AttributePath } from '../attribute-path.ts'
import { elementType, elementValue } from './specimen.ts'

/** An element whose value and type are texts. */
export type ListElement = { readonly value: string; readonly type: string; readonly primary?: boolean }

/** The n-th element for a list, distinct for each n; the first is the primary one where the list has `primary`. */
export function listElement({ attribute }: AttributePath, name: string, at: number): ListElement {
  const element = { value: String(elementValue(attribute, name, at)), type: elementType(attribute, at) }
  return at === 0 && hasPrimary(attribute) ? { ...element, primary: true } : element
}

/** Whether clients can mark an element of a list as the primary one. */
export function hasPrimary(attribute: AttributePath['attribute']): boolean {
  return attribute.subAttributes.some(({ name, mutability }) => name === 'primary' && mutability !== 'readOnly')
}
