// What one resource type of a tenant is to a statement: its parameters, its index paths, its URLs.

/** An index path of a tenant's type. */
export interface IndexPath {
  /** Stands for the path in the index and in the entries of resources. */
  readonly pathNo: number
  readonly path: string
  /** All its entries are unique: a value has one holder at most. */
  readonly unique: boolean
  /** All resources of the type have their entries, so that queries may rely on it. */
  readonly ready: boolean
}

/** Where a statement finds the values of one resource type; it calls the resource's row `r`. */
export interface SqlScope {
  /** The parameters for the columns `t` and `y`. */
  readonly tenant: string
  readonly type: string
  readonly typeName: string
  /** The base URL, and the endpoint of each type, for meta.location and `$ref`. */
  readonly base: string
  readonly endpoints: { readonly [type: string]: string }
  readonly path: (path: string) => IndexPath | undefined
  /** Values with more UTF-16 units than these are cut in the index. */
  readonly longest?: number
  /** What a row of a type has in its column `y`. */
  readonly typeKey: (name: string) => string | number | undefined
  /** A condition on `k` for walks along the index of values, which can be stopped from outside there. */
  readonly pause?: string
}
