// The URNs of SCIM schemas and messages.

/** Base schema of users. RFC 7643 §4.1. */
export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
/** Base schema of groups. RFC 7643 §4.2. */
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
/** The enterprise extension of users. RFC 7643 §4.3. */
export const ENTERPRISE_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
/** Schema of the configuration resource. RFC 7643 §5. */
export const SERVICE_PROVIDER_CONFIG = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'
/** Schema of resource types. RFC 7643 §6. */
export const RESOURCE_TYPE = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType'
/** Schema of schemas. RFC 7643 §7. */
export const SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Schema'
/** Base schema of roles. Roles and entitlements draft. */
export const ROLE = 'urn:ietf:params:scim:schemas:core:2.0:Role'
/** Base schema of entitlements. Roles and entitlements draft. */
export const ENTITLEMENT = 'urn:ietf:params:scim:schemas:core:2.0:Entitlement'

/** Answer to a query. RFC 7644 §3.4.2. */
export const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
/** Query by POST. RFC 7644 §3.4.3. */
export const SEARCH_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
/** Body of a PATCH. RFC 7644 §3.5.2. */
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
/** Body of a bulk request. RFC 7644 §3.7. */
export const BULK_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
/** Answer to a bulk request. RFC 7644 §3.7. */
export const BULK_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'
/** Body of every error. RFC 7644 §3.12. */
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** The media type of all bodies. RFC 7644 §8.1. */
export const SCIM_JSON = 'application/scim+json'
/** Accepted as well. RFC 7644 §3.1. */
export const JSON_TYPE = 'application/json'
