// Reads lists of the hub page by page, row by row.

/** Rows that are read at once. */
const PAGE = 500

/** Every row of a list that comes in pages. */
export async function* rowsOf<Row>(
  read: (part: { readonly limit: number; readonly after?: string }) => Promise<{
    readonly items: readonly Row[]
    readonly next?: string | number | undefined
  }>,
): AsyncGenerator<Row> {
  for (let after: string | undefined; ; ) {
    const { items, next } = await read({ limit: PAGE, ...(after === undefined ? {} : { after }) })
    yield* items
    if (next === undefined) return
    after = String(next)
  }
}
