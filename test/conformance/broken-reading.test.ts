// The checker finds each way in which a server can be wrong about reading.

import { ATTRIBUTES_BREAKS } from './breaks/attributes.ts'
import { DISCOVERY_BREAKS } from './breaks/discovery.ts'
import { FILTER_BREAKS } from './breaks/filter.ts'
import { GROUPS_BREAKS } from './breaks/groups.ts'
import { HTTP_BREAKS } from './breaks/http.ts'
import { PAGING_BREAKS } from './breaks/paging.ts'
import { testBreaks } from './each-break.ts'

testBreaks([
  ...DISCOVERY_BREAKS,
  ...HTTP_BREAKS,
  ...GROUPS_BREAKS,
  ...FILTER_BREAKS,
  ...PAGING_BREAKS,
  ...ATTRIBUTES_BREAKS,
])
