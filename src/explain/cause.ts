// What is known of one cause of an error: how it is told, why it happens and what mends it.

/** A language of the explanations. */
export type Language = 'en' | 'de'

/** The identity providers whose places are known, by the kind of their connection. */
export type Vendor =
  | 'okta'
  | 'entra'
  | 'onelogin'
  | 'ping'
  | 'jumpcloud'
  | 'google'
  | 'auth0'
  | 'keycloak'
  | 'authentik'
  | 'rippling'

/** A place in an identity provider where something is set or seen. */
export type PlaceName = 'credentials' | 'mapping' | 'assignments' | 'groups' | 'log' | 'again'

/**
 * Three sentences, or a few more where one does not do: what happened, why, what to do. `{idp}` is who sent it, `{inidp}` where it is set,
 * `{attribute}` the attribute that the detail names; `*…*` is what a menu or button says, `` `…` `` what is sent or typed.
 */
export type Three = readonly [happened: string, why: string, todo: string]

/** What differs for one identity provider. */
export interface VendorWords {
  readonly why?: { readonly [one in Language]: string }
  readonly todo?: { readonly [one in Language]: string }
}

/** One cause of an error. */
export interface Cause {
  /** Unique and stable. */
  readonly id: string
  /** The codes that it comes with: `SCIM_UNIQUENESS`. */
  readonly codes: readonly string[]
  /** Pieces of details that it has, any of them. Without: what its codes mean when nothing more is known. */
  readonly says?: readonly string[]
  /** Where it is mended in the identity provider; without: here, or by whoever made the client. */
  readonly place?: PlaceName
  readonly en: Three
  readonly de: Three
  readonly vendors?: { readonly [one in Vendor]?: VendorWords }
}
