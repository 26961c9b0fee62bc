// The checker finds each way in which a server can be wrong about writing.

import { BULK_BREAKS } from './breaks/bulk.ts'
import { CREATE_BREAKS } from './breaks/create.ts'
import { DELETE_BREAKS } from './breaks/delete.ts'
import { ERRORS_BREAKS } from './breaks/errors.ts'
import { ETAG_BREAKS } from './breaks/etag.ts'
import { PATCH_BREAKS } from './breaks/patch.ts'
import { PUT_BREAKS } from './breaks/put.ts'
import { testBreaks } from './each-break.ts'

testBreaks([
  ...CREATE_BREAKS,
  ...PUT_BREAKS,
  ...PATCH_BREAKS,
  ...DELETE_BREAKS,
  ...ETAG_BREAKS,
  ...BULK_BREAKS,
  ...ERRORS_BREAKS,
])
