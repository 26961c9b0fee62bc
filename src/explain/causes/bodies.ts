// Causes in bodies and forms: what is no JSON, no SCIM, no bulk request.

import type { Cause } from '../cause.ts'

/** A message that cannot be read as what it should be. RFC 7644 §3.1, §3.7, §3.12. */
export const BODIES: readonly Cause[] = [
  {
    id: 'not-json',
    codes: ['SCIM_INVALID_SYNTAX'],
    says: [
      'The body is not JSON',
      'The body is not UTF-8',
      'The body is empty',
      'The request was aborted',
      'nested deeper than',
      'has more than',
      'is a number out of range',
      'occurs twice in one object',
      'twice; names are the same',
      'A member name',
    ],
    place: 'mapping',
    en: [
      'A message came that is not JSON.',
      'It was cut off or changed on its way, a template there has a mistake, or the client sends another format.',
      'If there is a template, check it for missing commas and quotes; else look at proxies and firewalls on the way.',
    ],
    de: [
      'Eine Nachricht kam an, die kein JSON ist.',
      'Sie wurde unterwegs abgeschnitten oder verändert, eine Vorlage dort hat einen Fehler, oder der Client sendet ein anderes Format.',
      'Gibt es eine Vorlage, prüfen Sie sie auf fehlende Kommas und Anführungszeichen; sonst sehen Sie sich Proxys und Firewalls auf dem Weg an.',
    ],
    vendors: {
      onelogin: {
        why: {
          en: 'The *SCIM JSON Template* has a mistake, such as a comma or quotation mark too many or too few.',
          de: 'Die *SCIM JSON Template* hat einen Fehler, etwa ein Komma oder Anführungszeichen zu viel oder zu wenig.',
        },
      },
    },
  },
  {
    id: 'schemas-wrong',
    codes: ['SCIM_INVALID_SYNTAX'],
    says: ['"schemas"', 'The body must be one JSON object', 'schemas of a search request'],
    place: 'mapping',
    en: [
      '{idp} sent something that does not say what it is.',
      '`schemas` is missing, or names a schema that this resource type does not have.',
      'On a connection of the kind of the identity provider this is mended; choose that kind, or correct `schemas` in the template.',
    ],
    de: [
      '{idp} sandte etwas, das nicht sagt, was es ist.',
      '`schemas` fehlt oder nennt ein Schema, das dieser Ressourcentyp nicht hat.',
      'Auf einer Verbindung der Art des Identity Providers wird das ausgeglichen; wählen Sie diese Art, oder berichtigen Sie `schemas` in der Vorlage.',
    ],
  },
  {
    id: 'search-malformed',
    codes: ['SCIM_INVALID_SYNTAX'],
    says: ['search request'],
    en: [
      'A search by POST came in a shape that cannot be read.',
      'A member of it has the wrong type or occurs twice.',
      'The message names it; correct the client.',
    ],
    de: [
      'Eine Suche als POST kam in einer Form an, die sich nicht lesen lässt.',
      'Ein Teil davon hat den falschen Typ oder kommt doppelt vor.',
      'Die Meldung nennt ihn; berichtigen Sie den Client.',
    ],
  },
  {
    id: 'bulk-malformed',
    codes: ['SCIM_INVALID_SYNTAX', 'SCIM_INVALID_VALUE'],
    says: [
      'bulk request',
      'bulkId',
      '"method" must be one of',
      '"path" must be a path',
      '"path" of a',
      '"data" of a',
      '"version" must be an ETag',
      'An operation must be an object',
      '"failOnErrors"',
    ],
    en: [
      'A bulk request, or one operation of it, cannot be read.',
      'It has no `bulkId`, `method`, `path` or `data` of the right form.',
      'Correct the client; each operation is a request of its own.',
    ],
    de: [
      'Eine Sammelanfrage oder eine ihrer Operationen lässt sich nicht lesen.',
      '`bulkId`, `method`, `path` oder `data` fehlen oder haben nicht die richtige Form.',
      'Berichtigen Sie den Client; jede Operation ist eine eigene Anfrage.',
    ],
  },
  {
    id: 'bulk-reference',
    codes: ['SCIM_CONFLICT'],
    says: ['bulkId:', 'refer to each other in a circle'],
    en: [
      'An operation of a bulk request names something that the same request did not create.',
      'Its POST failed before, or the operations refer to each other in a circle.',
      'Look at the result of that POST first: when it succeeds, this one does.',
    ],
    de: [
      'Eine Operation einer Sammelanfrage nennt etwas, das dieselbe Anfrage nicht angelegt hat.',
      'Ihr POST ist vorher gescheitert, oder die Operationen verweisen im Kreis aufeinander.',
      'Sehen Sie sich zuerst das Ergebnis dieses POST an: Gelingt er, gelingt auch diese.',
    ],
  },
  {
    id: 'invalid-syntax',
    codes: ['SCIM_INVALID_SYNTAX'],
    place: 'mapping',
    en: [
      'A message came that cannot be read as SCIM.',
      'The message of the error says which part of it.',
      'Correct the template or the client that writes it.',
    ],
    de: [
      'Eine Nachricht kam an, die sich nicht als SCIM lesen lässt.',
      'Die Fehlermeldung sagt, welcher Teil.',
      'Berichtigen Sie die Vorlage oder den Client, der sie schreibt.',
    ],
  },
  {
    id: 'media-type',
    codes: ['SCIM_UNSUPPORTED_MEDIA_TYPE'],
    place: 'credentials',
    en: [
      'A message came in a format other than JSON.',
      'The content type is set to something else, or the body is compressed.',
      'Set it to `application/scim+json` or `application/json`, and switch compression of requests off.',
    ],
    de: [
      'Eine Nachricht kam in einem anderen Format als JSON.',
      'Der Inhaltstyp ist anders eingestellt, oder der Inhalt ist komprimiert.',
      'Stellen Sie ihn auf `application/scim+json` oder `application/json`, und schalten Sie die Komprimierung von Anfragen ab.',
    ],
  },
  {
    id: 'not-acceptable',
    codes: ['SCIM_NOT_ACCEPTABLE'],
    en: [
      'A client asked for an answer in a format other than JSON.',
      'Its Accept header excludes `application/scim+json` and `application/json`.',
      'Have the client accept one of them; a browser is no SCIM client.',
    ],
    de: [
      'Ein Client verlangte eine Antwort in einem anderen Format als JSON.',
      'Sein Accept-Header schließt `application/scim+json` und `application/json` aus.',
      'Lassen Sie den Client eines davon annehmen; ein Browser ist kein SCIM-Client.',
    ],
  },
  {
    id: 'bad-request',
    codes: ['SCIM_BAD_REQUEST'],
    en: [
      'A request cannot be read.',
      'It breaks a rule of HTTP or SCIM; the message says which.',
      'Correct the client, or what stands between it and this server.',
    ],
    de: [
      'Eine Anfrage lässt sich nicht lesen.',
      'Sie verletzt eine Regel von HTTP oder SCIM; die Meldung sagt, welche.',
      'Berichtigen Sie den Client oder was zwischen ihm und diesem Server steht.',
    ],
  },
]
