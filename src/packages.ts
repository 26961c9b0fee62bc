// Knows how to load the packages that an app which embeds Lockstep need not have.

/** How packages are loaded, by their names: at once, or as a promise, as whoever needs it expects. */
export interface Packages {
  readonly pg: () => Promise<unknown>
  readonly jose: () => Promise<unknown>
  readonly '@bufbuild/cel': () => unknown
}

let provided: Partial<Packages> = {}

/**
 * Says how to load packages. A program that brings them calls it when it starts: the package `lockstep` depends on none of them, so they
 * may not be found from its files, and an app may have other versions beside it.
 */
export function providePackages(packages: Packages): void {
  provided = packages
}

/** How a package is loaded, if the program brings it; undefined where it is looked for like any other. */
export function providedPackage<Name extends keyof Packages>(name: Name): Packages[Name] | undefined {
  return provided[name]
}

/** What is wrong when loading a package failed: in words if it is not installed, undefined if it is something else. */
export function notInstalled(name: keyof Packages, what: string, error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined
  return `is not installed, and ${what} needs it; run npm install ${name}`
}
