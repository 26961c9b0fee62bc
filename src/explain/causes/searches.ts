// Causes in searches: filters, sorting, paging.

import type { Cause } from '../cause.ts'

/** A search that cannot be read or carried out. RFC 7644 §3.4.2, RFC 9865. */
export const SEARCHES: readonly Cause[] = [
  {
    id: 'filter-unknown-attribute',
    codes: ['SCIM_INVALID_FILTER'],
    says: ['; see /Schemas for those it has', "can't be filtered by", 'There is no resource type to search'],
    place: 'mapping',
    en: [
      '{idp} searched by an attribute that this tenant does not have.',
      'The matching attribute there is mapped to a name that no schema here has.',
      'Match by `userName` or `externalId`, or add the attribute here as an extension.',
    ],
    de: [
      '{idp} suchte nach einem Attribut, das dieser Mandant nicht hat.',
      'Das Matching-Attribut dort ist einem Namen zugeordnet, den hier kein Schema hat.',
      'Suchen Sie mit `userName` oder `externalId`, oder fügen Sie das Attribut hier als Erweiterung hinzu.',
    ],
  },
  {
    id: 'filter-type',
    codes: ['SCIM_INVALID_FILTER'],
    says: [
      'is a boolean',
      'is a dateTime',
      'is a decimal',
      'is an integer',
      'is binary and has no order',
      'is complex; compare one',
      'is of type ',
      'is an extension; name one',
      'has no sub-attributes, so that',
      'null goes with eq and ne only',
    ],
    place: 'mapping',
    en: [
      '{idp} compared an attribute with something that it can never be.',
      'A number, boolean or date is compared with a text, or the other way round.',
      'Match by a text attribute such as `userName`, or have the client write the value without quotes.',
    ],
    de: [
      '{idp} verglich ein Attribut mit etwas, das es nie sein kann.',
      'Eine Zahl, ein Wahrheitswert oder ein Datum wird mit einem Text verglichen, oder umgekehrt.',
      'Suchen Sie mit einem Textattribut wie `userName`, oder lassen Sie den Client den Wert ohne Anführungszeichen schreiben.',
    ],
  },
  {
    id: 'filter-unreadable',
    codes: ['SCIM_INVALID_FILTER'],
    says: [
      'A parenthesis is not closed',
      'A space is missing',
      'A string ',
      'Brackets inside brackets',
      'Expected ',
      'The filter has more than',
      'The filter is ',
      'The quote at character',
      'The value after',
      'A filter belongs to a list',
    ],
    en: [
      'A search came with a filter that cannot be read.',
      'A quotation mark or bracket is missing, a value has no quotes, or the filter was encoded twice on its way.',
      'The message says at which character; if a person typed it, correct it there, else report it to whoever makes the client.',
    ],
    de: [
      'Eine Suche kam mit einem Filter, der sich nicht lesen lässt.',
      'Ein Anführungszeichen oder eine Klammer fehlt, ein Wert hat keine Anführungszeichen, oder der Filter wurde unterwegs doppelt kodiert.',
      'Die Meldung nennt das Zeichen; hat ihn eine Person geschrieben, berichtigen Sie ihn dort, sonst melden Sie es dem Hersteller des Clients.',
    ],
  },
  {
    id: 'filter-off',
    codes: ['SCIM_INVALID_FILTER'],
    says: ['Filters are switched off'],
    en: [
      '{idp} searched, but searching is switched off for this tenant.',
      'A setting of this tenant says that it takes no filters; nearly every identity provider needs them.',
      'Switch filters on in the settings of this tenant.',
    ],
    de: [
      '{idp} suchte, aber das Suchen ist für diesen Mandanten abgeschaltet.',
      'Eine Einstellung dieses Mandanten sagt, dass er keine Filter annimmt; fast jeder Identity Provider braucht sie.',
      'Schalten Sie Filter in den Einstellungen dieses Mandanten ein.',
    ],
  },
  {
    id: 'invalid-filter',
    codes: ['SCIM_INVALID_FILTER'],
    en: [
      'A search was refused because of its filter.',
      'It cannot be read, or names what is not there; an unfiltered list would have been a wrong answer.',
      'The message says where; correct the filter or the matching attribute.',
    ],
    de: [
      'Eine Suche wurde wegen ihres Filters abgelehnt.',
      'Er lässt sich nicht lesen oder nennt, was es nicht gibt; eine ungefilterte Liste wäre eine falsche Antwort.',
      'Die Meldung sagt, wo; berichtigen Sie den Filter oder das Matching-Attribut.',
    ],
  },
  {
    id: 'sort',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['sortBy', 'sortOrder'],
    en: [
      'A list was asked for in an order that does not exist.',
      'The attribute to sort by is not here, is not a single value, or the direction is misspelt.',
      'Sort by an attribute such as `userName`, `ascending` or `descending`.',
    ],
    de: [
      'Eine Liste wurde in einer Reihenfolge verlangt, die es nicht gibt.',
      'Das Attribut zum Sortieren gibt es hier nicht, es ist kein einzelner Wert, oder die Richtung ist falsch geschrieben.',
      'Sortieren Sie nach einem Attribut wie `userName`, `ascending` oder `descending`.',
    ],
  },
  {
    id: 'query',
    codes: ['SCIM_INVALID_VALUE'],
    says: [
      'startIndex',
      'attributes and excludedAttributes',
      'query parameters',
      'may occur in the URL only once',
      'is not percent-encoded UTF-8',
      'A name in ',
    ],
    en: [
      'A request has parameters that contradict each other or cannot be read.',
      'One of them occurs twice, is no number, or two exclude each other.',
      'The message names it; correct the client or the address.',
    ],
    de: [
      'Eine Anfrage hat Parameter, die sich widersprechen oder nicht lesen lassen.',
      'Einer kommt doppelt vor, ist keine Zahl, oder zwei schließen einander aus.',
      'Die Meldung nennt ihn; berichtigen Sie den Client oder die Adresse.',
    ],
  },
  {
    id: 'cursor',
    codes: ['SCIM_INVALID_CURSOR', 'SCIM_EXPIRED_CURSOR', 'SCIM_INVALID_COUNT'],
    en: [
      'A client could not go on with a list.',
      'It waited too long between two pages, changed the query or the page size in between, or made the cursor up.',
      'Let it start again from the first page; if it comes back, it pauses too long.',
    ],
    de: [
      'Ein Client konnte eine Liste nicht fortsetzen.',
      'Er wartete zwischen zwei Seiten zu lange, änderte dazwischen die Abfrage oder die Seitengröße, oder erfand den Cursor.',
      'Lassen Sie ihn von der ersten Seite neu beginnen; kommt der Fehler wieder, wartet er zu lange.',
    ],
  },
  {
    id: 'search-too-large',
    codes: ['SCIM_TOO_MANY'],
    en: [
      'A search was stopped because it would have read too much.',
      'It filters or sorts by attributes that have no index, over many people.',
      'Have the attribute indexed with `lockstep index put`, or narrow the search by `userName`, `externalId` or `emails.value`.',
    ],
    de: [
      'Eine Suche wurde angehalten, weil sie zu viel gelesen hätte.',
      'Sie filtert oder sortiert nach Attributen ohne Index, über viele Personen.',
      'Legen Sie mit `lockstep index put` einen Index für das Attribut an, oder grenzen Sie die Suche mit `userName`, `externalId` oder `emails.value` ein.',
    ],
  },
]
