// Causes at the door: tokens, rights, addresses.

import type { Cause } from '../cause.ts'

/** Who called was not let in, or not that far. RFC 7644 §2, RFC 6750 §3.1. */
export const ACCESS: readonly Cause[] = [
  {
    id: 'token-revoked',
    codes: ['SCIM_UNAUTHORIZED'],
    says: ['The token was revoked'],
    place: 'credentials',
    en: [
      '{idp} called with a token that was revoked.',
      'Somebody here ended it, or a newer one took its place, and {idp} still has the old one.',
      'Make a new token for this connection, replace the old one with all of it, and test the connection there.',
    ],
    de: [
      '{idp} rief mit einem widerrufenen Token auf.',
      'Jemand hat es hier beendet, oder ein neueres trat an seine Stelle, und {idp} hat noch das alte.',
      'Erzeugen Sie ein neues Token für diese Verbindung, ersetzen Sie das alte vollständig, und testen Sie die Verbindung dort.',
    ],
  },
  {
    id: 'token-expired',
    codes: ['SCIM_UNAUTHORIZED'],
    says: ['The token has expired'],
    place: 'credentials',
    en: [
      '{idp} called with a token that has expired.',
      'Tokens end by themselves, so that one that was lost does not work for ever.',
      'Make a new token for this connection, replace the old one with all of it, and test the connection there.',
    ],
    de: [
      '{idp} rief mit einem abgelaufenen Token auf.',
      'Tokens enden von selbst, damit ein verlorenes nicht für immer gilt.',
      'Erzeugen Sie ein neues Token für diese Verbindung, ersetzen Sie das alte vollständig, und testen Sie die Verbindung dort.',
    ],
  },
  {
    id: 'token-of-other-tenant',
    codes: ['SCIM_UNAUTHORIZED'],
    says: ['The token is one of another tenant'],
    place: 'credentials',
    en: [
      '{idp} called this tenant with a token of another one.',
      'The base URL and the token that are entered {inidp} were made for two tenants.',
      'Enter the base URL and the token of the same connection there.',
    ],
    de: [
      '{idp} rief diesen Mandanten mit dem Token eines anderen auf.',
      'Basis-URL und Token, die {inidp} eingetragen sind, gehören zu zwei Mandanten.',
      'Tragen Sie dort Basis-URL und Token derselben Verbindung ein.',
    ],
  },
  {
    id: 'token-of-admin',
    codes: ['SCIM_UNAUTHORIZED'],
    says: ['The token is one of the admin API'],
    place: 'credentials',
    en: [
      '{idp} called with a token of the admin API.',
      'Tokens that begin with `lka_` are for the console and programs that administer; SCIM takes tokens that begin with `lk_`.',
      'Revoke that token if it was given away, and enter the token of this connection there.',
    ],
    de: [
      '{idp} rief mit einem Token der Admin-API auf.',
      'Tokens, die mit `lka_` beginnen, sind für die Konsole und für Programme zur Verwaltung; SCIM nimmt Tokens, die mit `lk_` beginnen.',
      'Widerrufen Sie dieses Token, falls es weitergegeben wurde, und tragen Sie dort das Token dieser Verbindung ein.',
    ],
  },
  {
    id: 'token-not-whole',
    codes: ['SCIM_UNAUTHORIZED'],
    says: ['The token is not whole'],
    place: 'credentials',
    en: [
      '{idp} called with a piece of a token, or with more than one.',
      'It was not copied whole, something was pasted along, or the field {inidp} cuts it off.',
      'Paste the whole token there, alone; make a new one if nobody has it any more.',
    ],
    de: [
      '{idp} rief mit einem Teil eines Tokens auf oder mit mehr als einem.',
      'Es wurde nicht vollständig kopiert, etwas kam beim Einfügen dazu, oder das Feld {inidp} schneidet es ab.',
      'Fügen Sie dort das ganze Token ein und nur dieses; erzeugen Sie ein neues, wenn es niemand mehr hat.',
    ],
  },
  {
    id: 'token-of-elsewhere',
    codes: ['SCIM_UNAUTHORIZED'],
    says: ['is not in the form of a token of this server'],
    place: 'credentials',
    en: [
      '{idp} called with something that is no token of this server.',
      'A token of another product, a password or a client secret is entered {inidp}.',
      'Enter the token of this connection there.',
    ],
    de: [
      '{idp} rief mit etwas auf, das kein Token dieses Servers ist.',
      'Ein Token eines anderen Produkts, ein Passwort oder ein Client Secret ist {inidp} eingetragen.',
      'Tragen Sie dort das Token dieser Verbindung ein.',
    ],
  },
  {
    id: 'token-unknown',
    codes: ['SCIM_UNAUTHORIZED'],
    says: ['is unknown, expired or revoked', 'was never made here or was revoked'],
    place: 'credentials',
    en: [
      '{idp} called with a token that is not valid here.',
      'It was revoked or replaced, it has expired, a part of it was not copied, or it belongs to another server.',
      'Make a new token for this connection, replace the old one with all of it, and test the connection there.',
    ],
    de: [
      '{idp} rief mit einem Token auf, das hier nicht gilt.',
      'Es wurde widerrufen oder ersetzt, ist abgelaufen, unvollständig kopiert oder gehört zu einem anderen Server.',
      'Erzeugen Sie ein neues Token für diese Verbindung, ersetzen Sie das alte vollständig, und testen Sie die Verbindung dort.',
    ],
    vendors: {
      entra: {
        todo: {
          en: 'Make a new token for this connection, paste all of it as *Secret token*, click *Test connection*, and restart provisioning if it is in quarantine.',
          de: 'Erzeugen Sie ein neues Token für diese Verbindung, fügen Sie es vollständig als *Secret token* ein, klicken Sie auf *Test connection*, und starten Sie die Bereitstellung neu, falls sie in Quarantäne ist.',
        },
      },
    },
  },
  {
    id: 'token-missing',
    codes: ['SCIM_UNAUTHORIZED'],
    says: ['This needs a bearer token in the Authorization header'],
    place: 'credentials',
    en: [
      'A request came without a token.',
      'The field of the token is empty {inidp}, something between it and this server removes the Authorization header, or somebody opened the address in a browser.',
      'Enter the token of this connection there, and let every proxy on the way pass the Authorization header on.',
    ],
    de: [
      'Eine Anfrage kam ohne Token an.',
      'Das Feld für das Token ist {inidp} leer, etwas auf dem Weg entfernt den Authorization-Header, oder jemand hat die Adresse im Browser geöffnet.',
      'Tragen Sie dort das Token dieser Verbindung ein, und lassen Sie jeden Proxy auf dem Weg den Authorization-Header weiterreichen.',
    ],
  },
  {
    id: 'token-written-wrong',
    codes: ['SCIM_UNAUTHORIZED'],
    says: [
      'contains the word Bearer twice',
      'The word Bearer is missing',
      'is not a token; paste the token as it was shown',
      'has another scheme than Bearer',
    ],
    place: 'credentials',
    en: [
      '{idp} sent a token that is not written as a bearer token.',
      'The word `Bearer` is there twice or not at all, another way of signing in is chosen, or quotation marks or spaces were pasted along.',
      'Paste the token alone where a token is asked for, and `Bearer`, a space and the token where the whole header is.',
    ],
    de: [
      '{idp} sandte ein Token, das nicht wie ein Bearer-Token geschrieben ist.',
      'Das Wort `Bearer` steht doppelt oder gar nicht da, eine andere Anmeldeart ist gewählt, oder Anführungszeichen oder Leerzeichen wurden mitkopiert.',
      'Fügen Sie das Token allein ein, wo nach einem Token gefragt ist, und `Bearer`, ein Leerzeichen und das Token, wo nach dem ganzen Header gefragt ist.',
    ],
    vendors: {
      okta: {
        todo: {
          en: 'On a connection of the kind `okta` the token alone does as well; in the *OAuth Bearer Token* app enter it without `Bearer`.',
          de: 'Auf einer Verbindung der Art `okta` genügt auch das Token allein; in der App *OAuth Bearer Token* steht es ohne `Bearer`.',
        },
      },
    },
  },
  {
    id: 'metrics',
    codes: ['SCIM_UNAUTHORIZED', 'SCIM_FORBIDDEN', 'SCIM_NOT_FOUND'],
    says: ['Metrics '],
    en: [
      'Somebody asked for the metrics of this server and did not get them.',
      'They are switched off, kept to this machine, or need their own token.',
      'Start the server with `--metrics` or `--metrics-token-file` as the message says.',
    ],
    de: [
      'Jemand fragte nach den Metriken dieses Servers und bekam sie nicht.',
      'Sie sind abgeschaltet, nur auf diesem Rechner lesbar oder brauchen ein eigenes Token.',
      'Starten Sie den Server mit `--metrics` oder `--metrics-token-file`, wie die Meldung sagt.',
    ],
  },
  {
    id: 'token-other',
    codes: ['SCIM_UNAUTHORIZED'],
    place: 'credentials',
    en: [
      'A request was not let in.',
      'It had no token, or one that is not valid for this tenant.',
      'Compare the token there with the connection here, and make a new one if in doubt.',
    ],
    de: [
      'Eine Anfrage wurde nicht eingelassen.',
      'Sie hatte kein Token oder eines, das für diesen Mandanten nicht gilt.',
      'Vergleichen Sie das Token dort mit der Verbindung hier, und erzeugen Sie im Zweifel ein neues.',
    ],
  },
  {
    id: 'rights-missing',
    codes: ['SCIM_FORBIDDEN'],
    says: ['This token may not', 'This token may read no resource type'],
    en: [
      '{idp} asked for something that its connection may not do.',
      'The connection was made with fewer rights than {idp} uses.',
      'Give the connection here the right that the message names, or leave out what needs it there.',
    ],
    de: [
      '{idp} verlangte etwas, das die Verbindung nicht darf.',
      'Die Verbindung wurde mit weniger Rechten angelegt, als {idp} benutzt.',
      'Geben Sie der Verbindung hier das Recht, das die Meldung nennt, oder lassen Sie dort weg, was es braucht.',
    ],
  },
  {
    id: 'own-attribute',
    codes: ['SCIM_FORBIDDEN'],
    says: ["can't be changed with this token"],
    en: [
      'A person tried to change {attribute} of their own account.',
      'That attribute is kept by the identity provider or an administrator.',
      'Change it where it is kept.',
    ],
    de: [
      'Eine Person wollte {attribute} des eigenen Kontos ändern.',
      'Dieses Attribut pflegt der Identity Provider oder ein Administrator.',
      'Ändern Sie es dort, wo es gepflegt wird.',
    ],
  },
  {
    id: 'held-by-application',
    codes: ['SCIM_FORBIDDEN'],
    says: [
      'Held: the application lets at most',
      'seats are taken by active people',
      'is the last active person with the role',
    ],
    place: 'again',
    en: [
      'The application stopped this change to protect itself; nothing was changed.',
      'A limit is reached: of removals in a time, of seats, or of people with a role that somebody must have.',
      'If the change is meant, have the limit raised or the removal approved here, then send it again.',
    ],
    de: [
      'Die Anwendung hat diese Änderung zu ihrem Schutz angehalten; nichts wurde geändert.',
      'Eine Grenze ist erreicht: von Entfernungen in einer Zeit, von Plätzen oder von Personen mit einer Rolle, die jemand haben muss.',
      'Ist die Änderung gewollt, lassen Sie hier die Grenze anheben oder die Entfernung freigeben, und senden Sie sie dann erneut.',
    ],
  },
  {
    id: 'discovery-filter',
    codes: ['SCIM_FORBIDDEN'],
    says: ['Discovery endpoints take no filter'],
    en: [
      'A client searched in the description of this server.',
      '`/Schemas`, `/ResourceTypes` and `/ServiceProviderConfig` give everything and take no filter.',
      'Have the client leave the filter out.',
    ],
    de: [
      'Ein Client suchte in der Beschreibung dieses Servers.',
      '`/Schemas`, `/ResourceTypes` und `/ServiceProviderConfig` geben alles und nehmen keinen Filter an.',
      'Lassen Sie den Client den Filter weglassen.',
    ],
  },
  {
    id: 'no-tls',
    codes: ['SCIM_FORBIDDEN', 'SCIM_MISDIRECTED', 'SCIM_BAD_REQUEST'],
    says: ['came from another machine without TLS', 'does not answer for the host', 'Host header'],
    place: 'credentials',
    en: [
      'A request came by an address that this server does not answer for.',
      'It came without TLS, or with a host name that the server was not told of.',
      'Start the server with `--public-url` set to the address that {idp} calls, name a proxy in front with `--trusted-proxies`, and enter exactly that address there.',
    ],
    de: [
      'Eine Anfrage kam über eine Adresse, für die dieser Server nicht antwortet.',
      'Sie kam ohne TLS oder mit einem Hostnamen, der dem Server nicht genannt wurde.',
      'Starten Sie den Server mit `--public-url` und der Adresse, die {idp} aufruft, nennen Sie einen Proxy davor mit `--trusted-proxies`, und tragen Sie dort genau diese Adresse ein.',
    ],
  },
  {
    id: 'misdirected',
    codes: ['SCIM_MISDIRECTED'],
    place: 'credentials',
    en: [
      'A request named a host that this server does not answer for.',
      'The address that is entered {inidp} is not the public address of this server.',
      'Start the server with `--public-url` and that address, or enter the right one there.',
    ],
    de: [
      'Eine Anfrage nannte einen Host, für den dieser Server nicht antwortet.',
      'Die Adresse, die {inidp} eingetragen ist, ist nicht die öffentliche Adresse dieses Servers.',
      'Starten Sie den Server mit `--public-url` und dieser Adresse, oder tragen Sie dort die richtige ein.',
    ],
  },
  {
    id: 'forbidden',
    codes: ['SCIM_FORBIDDEN'],
    en: [
      'A request was refused, and nothing was changed.',
      'The token is valid but may not do this, or the application behind Lockstep said no.',
      'Read the message: it says what is missing. Give the connection that right, or ask whoever runs the application.',
    ],
    de: [
      'Eine Anfrage wurde abgelehnt, und nichts wurde geändert.',
      'Das Token gilt, darf dies aber nicht, oder die Anwendung hinter Lockstep hat abgelehnt.',
      'Lesen Sie die Meldung: Sie sagt, was fehlt. Geben Sie der Verbindung dieses Recht, oder fragen Sie, wer die Anwendung betreibt.',
    ],
  },
  {
    id: 'token-in-url',
    codes: ['SCIM_BAD_REQUEST'],
    says: ['The access token is in the URL'],
    en: [
      'A client sent its token in the URL and in the header.',
      'URLs are written into logs, so that a token there is no secret any more.',
      'Have the client send it in the Authorization header only, and replace the token.',
    ],
    de: [
      'Ein Client sandte sein Token in der URL und im Header.',
      'URLs stehen in Protokollen; ein Token darin ist kein Geheimnis mehr.',
      'Lassen Sie den Client es nur im Authorization-Header senden, und ersetzen Sie das Token.',
    ],
  },
  {
    id: 'sensitive-filter',
    codes: ['SCIM_SENSITIVE'],
    en: [
      'A search named somebody by a value that must not stand in a URL.',
      'This tenant keeps such values out of URLs, because those are written into logs.',
      'Have the client send the search by POST to `/.search`, or allow the filter in the settings of this tenant.',
    ],
    de: [
      'Eine Suche nannte jemanden mit einem Wert, der nicht in einer URL stehen darf.',
      'Dieser Mandant hält solche Werte aus URLs heraus, weil diese in Protokollen stehen.',
      'Lassen Sie den Client die Suche als POST an `/.search` senden, oder erlauben Sie den Filter in den Einstellungen dieses Mandanten.',
    ],
  },
]
