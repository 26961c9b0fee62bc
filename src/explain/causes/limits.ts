// Causes in what is too much, too fast, not offered or broken here.

import type { Cause } from '../cause.ts'

/** Limits, and the server's own faults. RFC 7644 §3.12, table 8. */
export const LIMITS_AND_FAULTS: readonly Cause[] = [
  {
    id: 'too-large',
    codes: ['SCIM_PAYLOAD_TOO_LARGE'],
    place: 'groups',
    en: [
      '{idp} sent more in one request than is taken.',
      'Most often it is a group with very many members sent as a whole.',
      'Have changes of members sent one by one (PATCH, *merge*) instead of the whole group, or split the group.',
    ],
    de: [
      '{idp} sandte mehr in einer Anfrage, als angenommen wird.',
      'Meist ist es eine Gruppe mit sehr vielen Mitgliedern, die ganz gesendet wird.',
      'Lassen Sie Änderungen der Mitglieder einzeln senden (PATCH, *merge*) statt der ganzen Gruppe, oder teilen Sie die Gruppe.',
    ],
    vendors: {
      okta: {
        todo: {
          en: 'Use an app of the catalogue: apps made with the wizard send the whole group on every change.',
          de: 'Nehmen Sie eine App des Katalogs: Mit dem Assistenten erstellte Apps senden bei jeder Änderung die ganze Gruppe.',
        },
      },
      ping: {
        todo: {
          en: 'Set the membership handling of the rule to *Merge* instead of *Overwrite*.',
          de: 'Stellen Sie die Mitgliederbehandlung der Regel auf *Merge* statt *Overwrite*.',
        },
      },
    },
  },
  {
    id: 'url-too-long',
    codes: ['SCIM_URI_TOO_LONG', 'SCIM_HEADERS_TOO_LARGE'],
    en: [
      'A request came with an address or headers that are too long.',
      'A filter with very many comparisons stands in the URL, or something on the way adds large headers.',
      'Have the client send the search by POST to `/.search`, or remove what the proxy adds.',
    ],
    de: [
      'Eine Anfrage kam mit zu langer Adresse oder zu langen Headern.',
      'Ein Filter mit sehr vielen Vergleichen steht in der URL, oder etwas auf dem Weg fügt große Header hinzu.',
      'Lassen Sie den Client die Suche als POST an `/.search` senden, oder entfernen Sie, was der Proxy hinzufügt.',
    ],
  },
  {
    id: 'too-fast',
    codes: ['SCIM_TOO_MANY_REQUESTS'],
    en: [
      '{idp} sent requests faster than this tenant takes them, or too many with wrong tokens.',
      'A first cycle or a full sync is running, or somebody tries tokens.',
      'Nothing to do in a first cycle: the answer says when to try again, and it does. If it stays, raise `--rate-limit`, or find who uses the wrong token.',
    ],
    de: [
      '{idp} sandte schneller, als dieser Mandant annimmt, oder zu oft mit falschem Token.',
      'Ein erster Zyklus oder eine volle Synchronisierung läuft, oder jemand probiert Token aus.',
      'In einem ersten Zyklus ist nichts zu tun: Die Antwort sagt, wann der nächste Versuch folgen soll, und er folgt. Bleibt es dabei, heben Sie `--rate-limit` an, oder finden Sie, wer das falsche Token benutzt.',
    ],
  },
  {
    id: 'method',
    codes: ['SCIM_METHOD_NOT_ALLOWED'],
    place: 'credentials',
    en: [
      'A client did something that this address does not offer.',
      'The address is that of a list where one resource is meant, or the other way round; or the base URL ends in `/Users`.',
      'Enter the base URL exactly as it was shown for this connection.',
    ],
    de: [
      'Ein Client tat etwas, das diese Adresse nicht anbietet.',
      'Die Adresse ist die einer Liste, wo eine Ressource gemeint ist, oder umgekehrt; oder die Basis-URL endet mit `/Users`.',
      'Tragen Sie die Basis-URL genau so ein, wie sie für diese Verbindung gezeigt wurde.',
    ],
  },
  {
    id: 'patch-off',
    codes: ['SCIM_NOT_IMPLEMENTED'],
    says: ['PATCH is switched off', 'Bulk is switched off', '/Me is switched off', '/Me has no meaning'],
    en: [
      '{idp} used something that is switched off for this tenant.',
      'A setting of this tenant says that it does not offer PATCH, Bulk or `/Me`, or the token belongs to no person.',
      'Switch it on in the settings of this tenant, or have the client do without.',
    ],
    de: [
      '{idp} nutzte etwas, das für diesen Mandanten abgeschaltet ist.',
      'Eine Einstellung dieses Mandanten sagt, dass er PATCH, Bulk oder `/Me` nicht anbietet, oder das Token gehört zu keiner Person.',
      'Schalten Sie es in den Einstellungen dieses Mandanten ein, oder lassen Sie den Client darauf verzichten.',
    ],
    vendors: {
      entra: {
        todo: {
          en: 'Switch PATCH on in the settings of this tenant: Entra changes people and groups by PATCH only.',
          de: 'Schalten Sie PATCH in den Einstellungen dieses Mandanten ein: Entra ändert Personen und Gruppen nur mit PATCH.',
        },
      },
    },
  },
  {
    id: 'not-implemented',
    codes: ['SCIM_NOT_IMPLEMENTED'],
    en: [
      'A request used something that is not offered here.',
      'It is switched off for this tenant, or the application behind Lockstep does not offer it.',
      'Switch it on in the settings of this tenant, or have the client do without.',
    ],
    de: [
      'Eine Anfrage nutzte etwas, das hier nicht angeboten wird.',
      'Es ist für diesen Mandanten abgeschaltet, oder die Anwendung hinter Lockstep bietet es nicht an.',
      'Schalten Sie es in den Einstellungen dieses Mandanten ein, oder lassen Sie den Client darauf verzichten.',
    ],
  },
  {
    id: 'version',
    codes: ['SCIM_INVALID_VERS'],
    place: 'credentials',
    en: [
      '{idp} asked for another version of SCIM.',
      'The address has `/v1` in it, or SCIM 1.1 is chosen there.',
      'Choose SCIM 2.0 there and enter the base URL as it was shown, which ends in `/v2`.',
    ],
    de: [
      '{idp} verlangte eine andere Version von SCIM.',
      'In der Adresse steht `/v1`, oder dort ist SCIM 1.1 gewählt.',
      'Wählen Sie dort SCIM 2.0, und tragen Sie die Basis-URL ein, wie sie gezeigt wurde; sie endet mit `/v2`.',
    ],
  },
  {
    id: 'importing',
    codes: ['SCIM_UNAVAILABLE'],
    says: ['is being imported'],
    en: [
      'A request came while this tenant is being imported.',
      'Until the import is complete the tenant takes no requests, so that nothing is half there.',
      'Wait for the import; the client tries again by itself.',
    ],
    de: [
      'Eine Anfrage kam, während dieser Mandant importiert wird.',
      'Bis der Import fertig ist, nimmt der Mandant keine Anfragen an, damit nichts halb vorhanden ist.',
      'Warten Sie auf den Import; der Client versucht es von selbst erneut.',
    ],
  },
  {
    id: 'paused',
    codes: ['SCIM_UNAVAILABLE'],
    says: ['has paused this connection'],
    en: [
      '{idp} called while its connection is paused; nothing was changed.',
      'An administrator has paused the connection here.',
      'Resume the connection on its page; {idp} comes again by itself, and catches up.',
    ],
    de: [
      '{idp} rief auf, während die Verbindung angehalten ist; nichts wurde geändert.',
      'Ein Administrator hat die Verbindung hier angehalten.',
      'Setzen Sie die Verbindung auf ihrer Seite fort; {idp} versucht es von selbst erneut und holt alles nach.',
    ],
  },
  {
    id: 'unavailable',
    codes: ['SCIM_UNAVAILABLE'],
    says: ['try again in'],
    en: [
      'This server could not answer just then; nothing was changed.',
      'The database cannot be reached or written, or more came at once than it can do.',
      'See System for the database and its disk. The client tries again by itself once it is back.',
    ],
    de: [
      'Dieser Server konnte gerade nicht antworten; nichts wurde geändert.',
      'Die Datenbank ist nicht erreichbar oder nicht beschreibbar, oder es kam mehr auf einmal, als er leisten kann.',
      'Unter System sehen Sie die Datenbank und ihren Speicherplatz. Der Client versucht es von selbst erneut.',
    ],
  },
  {
    id: 'not-now',
    codes: ['SCIM_UNAVAILABLE'],
    en: [
      'A request was put off; nothing was changed.',
      'This server, or the application behind it, could not do it just then.',
      'The client tries again by itself; if it lasts, read the message and look at System.',
    ],
    de: [
      'Eine Anfrage wurde aufgeschoben; nichts wurde geändert.',
      'Dieser Server oder die Anwendung dahinter konnte sie gerade nicht ausführen.',
      'Der Client versucht es von selbst erneut; hält es an, lesen Sie die Meldung und sehen Sie unter System nach.',
    ],
  },
  {
    id: 'internal',
    codes: ['SCIM_INTERNAL'],
    en: [
      'This server made a mistake; nothing was changed.',
      'That is a fault in Lockstep or in a hook of the application, not {inidp}.',
      'Look for the id of the message in the log of the server, and report it with that line.',
    ],
    de: [
      'Dieser Server hat einen Fehler gemacht; nichts wurde geändert.',
      'Der Fehler liegt in Lockstep oder in einem Hook der Anwendung, nicht {inidp}.',
      'Suchen Sie die ID der Meldung im Protokoll des Servers, und melden Sie ihn mit dieser Zeile.',
    ],
  },
  {
    id: 'slow-body',
    codes: ['SCIM_408'],
    en: [
      'A request was given up because its body came too slowly.',
      'The network between {idp} and this server is slow, or a proxy holds the body back.',
      'Send it again; if it comes back, look at the proxies on the way.',
    ],
    de: [
      'Eine Anfrage wurde aufgegeben, weil ihr Inhalt zu langsam kam.',
      'Das Netz ist langsam, oder ein Proxy hält den Inhalt zurück.',
      'Senden Sie sie erneut; kommt der Fehler wieder, sehen Sie sich die Proxys auf dem Weg an.',
    ],
  },
]
