import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import de.captaingoldfish.scim.sdk.common.constants.ScimType;
import de.captaingoldfish.scim.sdk.common.constants.enums.HttpMethod;
import de.captaingoldfish.scim.sdk.common.constants.enums.SortOrder;
import de.captaingoldfish.scim.sdk.common.exceptions.*;
import de.captaingoldfish.scim.sdk.common.resources.*;
import de.captaingoldfish.scim.sdk.common.resources.complex.*;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.AuthenticationScheme;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.GroupNode;
import de.captaingoldfish.scim.sdk.common.response.ScimResponse;
import de.captaingoldfish.scim.sdk.common.schemas.SchemaAttribute;
import de.captaingoldfish.scim.sdk.common.utils.JsonHelper;
import de.captaingoldfish.scim.sdk.server.endpoints.*;
import de.captaingoldfish.scim.sdk.server.endpoints.authorize.Authorization;
import de.captaingoldfish.scim.sdk.server.endpoints.base.*;
import de.captaingoldfish.scim.sdk.server.filter.FilterNode;
import de.captaingoldfish.scim.sdk.server.response.PartialListResponse;
import de.captaingoldfish.scim.sdk.server.schemas.ResourceType;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Instant;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** SCIM-SDK, set up as its wiki says, over maps in memory, behind the HTTP server of the JDK. */
public final class Start {
  /** What a small app would write over its own tables; the SDK itself filters, sorts, patches and makes versions. */
  abstract static class Table<T extends ResourceNode> extends ResourceHandler<T> {
    final Map<String, T> rows = Collections.synchronizedMap(new LinkedHashMap<>());
    final Function<T, Optional<String>> unique;
    final Class<T> type;

    Table(Class<T> type, Function<T, Optional<String>> unique) {
      this.type = type;
      this.unique = unique;
    }

    @Override public Class<T> getType() { return type; }

    private T copy(T row) {
      T copied = JsonHelper.copyResourceToObject(row.deepCopy(), type);
      // Versions are the SDK's to make, of what a resource holds now.
      copied.getMeta().ifPresent(meta -> meta.setVersion(null));
      return copied;
    }

    /** A copy, as from a table; of a user with the groups that it is in, which the SDK leaves to the application. */
    protected T shown(T row) { return copy(row); }

    List<T> snapshot() {
      synchronized (rows) {
        return List.copyOf(rows.values());
      }
    }

    /** What is compared of a name: RFC 7644, section 5. */
    private static String prepared(String name) {
      return Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }

    private void check(T row, String id) {
      Optional<String> value = unique.apply(row);
      if (value.isEmpty()) return;
      for (T other : snapshot())
        if (!other.getId().orElse("").equals(id) && prepared(unique.apply(other).orElse("")).equals(prepared(value.get())))
          throw new ConflictException(value.get() + " is taken", ScimType.RFC7644.UNIQUENESS);
    }

    private void stamp(T row, Instant created, Instant modified, Context context) {
      if (row.getMeta().isEmpty()) row.setMeta(new Meta());
      Meta meta = row.getMeta().orElseThrow();
      meta.setCreated(created);
      meta.setLastModified(modified);
      meta.setLocation(context.getResourceReferenceUrl(row.getId().orElseThrow()));
    }

    @Override public T createResource(T row, Context context) {
      String id = UUID.randomUUID().toString();
      check(row, id);
      row.setId(id);
      Instant now = Instant.now();
      stamp(row, now, now, context);
      rows.put(id, copy(row));
      return row;
    }

    @Override public T getResource(String id, List<SchemaAttribute> only, List<SchemaAttribute> without, Context context) {
      T row = rows.get(id);
      return row == null ? null : shown(row);
    }

    @Override public PartialListResponse<T> listResources(long start, int count, FilterNode filter, SchemaAttribute sortBy,
        SortOrder order, List<SchemaAttribute> only, List<SchemaAttribute> without, Context context) {
      List<T> all = snapshot().stream().map(this::shown).toList();
      return PartialListResponse.<T>builder().totalResults(all.size()).resources(new ArrayList<>(all)).build();
    }

    @Override public T updateResource(T row, Context context) {
      String id = row.getId().orElseThrow();
      T before = rows.get(id);
      if (before == null) throw new ResourceNotFoundException("there is no " + id);
      check(row, id);
      stamp(row, before.getMeta().flatMap(Meta::getCreated).orElseThrow(), Instant.now(), context);
      rows.put(id, copy(row));
      return row;
    }

    @Override public void deleteResource(String id, Context context) {
      if (rows.remove(id) == null) throw new ResourceNotFoundException("there is no " + id);
    }
  }

  public static void main(String[] args) throws Exception {
    String token = UUID.randomUUID().toString();
    ServiceProvider provider = ServiceProvider.builder()
        .filterConfig(FilterConfig.builder().supported(true).maxResults(200).build())
        .sortConfig(SortConfig.builder().supported(true).build())
        .eTagConfig(ETagConfig.builder().supported(true).build())
        .patchConfig(PatchConfig.builder().supported(true).build())
        .bulkConfig(BulkConfig.builder().supported(true).maxOperations(100).maxPayloadSize(1024L * 1024).build())
        .changePasswordConfig(ChangePasswordConfig.builder().supported(true).build())
        .authenticationSchemes(List.of(AuthenticationScheme.builder().name("OAuth Bearer Token")
            .description("A bearer token").type("oauthbearertoken").build()))
        .build();
    ResourceEndpoint scim = new ResourceEndpoint(provider);
    Table<Group> groups = new Table<>(Group.class, group -> Optional.empty()) {};
    Table<User> users = new Table<>(User.class, User::getUserName) {
      @Override protected User shown(User user) {
        String id = user.getId().orElseThrow();
        List<GroupNode> own = groups.snapshot().stream()
            .filter(group -> group.getMembers().stream().anyMatch(member -> member.getValue().orElse("").equals(id)))
            .map(group -> GroupNode.builder().value(group.getId().orElseThrow())
                .display(group.getDisplayName().orElse(null)).build())
            .toList();
        User shown = super.shown(user);
        shown.setGroups(own);
        return shown;
      }
    };
    for (EndpointDefinition definition : List.of(new UserEndpointDefinition(users), new GroupEndpointDefinition(groups))) {
      ResourceType type = scim.registerEndpoint(definition);
      type.getFeatures().setAutoFiltering(true);
      type.getFeatures().setAutoSorting(true);
      type.getFeatures().getETagFeature().setEnabled(true);
    }
    Authorization authorization = new Authorization() {
      @Override public Set<String> getClientRoles() { return Set.of(); }
      @Override public boolean authenticate(Map<String, String> headers, Map<String, String> query) {
        return headers.entrySet().stream().anyMatch(header ->
            header.getKey().equalsIgnoreCase("authorization") && header.getValue().equals("Bearer " + token));
      }
    };
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newFixedThreadPool(4));
    String origin = "http://127.0.0.1:" + server.getAddress().getPort();
    server.createContext("/scim/v2", exchange -> answer(exchange, scim, origin, authorization));
    server.start();
    System.out.println("{\"base\":\"" + origin + "/scim/v2\",\"token\":\"" + token + "\"}");
  }

  static void answer(HttpExchange exchange, ResourceEndpoint scim, String origin, Authorization authorization) {
    try (exchange) {
      Map<String, String> headers = new HashMap<>();
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(", ", values)));
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      HttpMethod method;
      try {
        method = HttpMethod.valueOf(exchange.getRequestMethod());
      } catch (IllegalArgumentException none) {
        exchange.sendResponseHeaders(501, -1);
        return;
      }
      ScimResponse response = scim.handleRequest(
          origin + exchange.getRequestURI(), method, body, headers, new Context(authorization));
      response.getHttpHeaders().forEach(exchange.getResponseHeaders()::set);
      byte[] text = response.isEmpty() ? new byte[0] : response.toString().getBytes(StandardCharsets.UTF_8);
      boolean bare = text.length == 0 || response.getHttpStatus() == 204 || response.getHttpStatus() == 304;
      exchange.sendResponseHeaders(response.getHttpStatus(), bare ? -1 : text.length);
      if (!bare) exchange.getResponseBody().write(text);
    } catch (Exception error) {
      System.err.println(error);
    }
  }
}
