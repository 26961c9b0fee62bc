// The 404 of one resource.

import { notFound, type ScimError } from '../protocol/index.ts'
import type { Ref } from '../store/index.ts'

/** 404 of one resource: the same whether it never was, is gone, or is another tenant's. */
export function missing(ref: Pick<Ref, 'type' | 'id'>): ScimError {
  return notFound(`There is no ${ref.type} with the id ${ref.id}`)
}
