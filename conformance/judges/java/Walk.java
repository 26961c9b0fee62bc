import com.fasterxml.jackson.databind.ObjectMapper;
import com.unboundid.scim2.client.ScimService;
import com.unboundid.scim2.common.GenericScimResource;
import com.unboundid.scim2.common.exceptions.ScimException;
import com.unboundid.scim2.common.filters.Filter;
import com.unboundid.scim2.common.messages.ListResponse;
import com.unboundid.scim2.common.messages.SortOrder;
import com.unboundid.scim2.common.types.*;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import java.net.URI;
import java.util.*;
import java.util.stream.*;
import org.glassfish.jersey.client.ClientConfig;
import org.glassfish.jersey.jnh.connector.JavaNetHttpConnectorProvider;

/** Lets the UnboundID SCIM 2 SDK live with a server; prints what came of it as a JSON list. */
public final class Walk {
  interface Act { void run() throws Exception; }

  static final List<Map<String, String>> findings = new ArrayList<>();
  static UserResource ada;
  static GroupResource group;

  static void step(String check, Act act) {
    String outcome = "passed";
    String detail = "";
    try {
      act.run();
    } catch (Throwable error) {
      outcome = "failed";
      StackTraceElement where = Arrays.stream(error.getStackTrace())
          .filter(at -> at.getClassName().startsWith("Walk")).findFirst().orElse(error.getStackTrace()[0]);
      detail = error + " (line " + where.getLineNumber() + ")";
    }
    findings.add(Map.of("check", check, "outcome", outcome, "detail", detail));
  }

  static void same(Object left, Object right) {
    if (!Objects.equals(left, right)) throw new AssertionError(left + " is not " + right);
  }

  static ScimException refused(Act act) throws Exception {
    try {
      act.run();
    } catch (ScimException error) {
      return error;
    }
    throw new AssertionError("it was not refused");
  }

  public static void main(String[] args) throws Exception {
    String token = System.getenv("SCIM_TOKEN");
    Client http = ClientBuilder.newClient(new ClientConfig().connectorProvider(new JavaNetHttpConnectorProvider()));
    http.register((jakarta.ws.rs.client.ClientRequestFilter) request ->
        request.getHeaders().putSingle("Authorization", "Bearer " + token));
    ScimService scim = new ScimService(http.target(URI.create(System.getenv("SCIM_BASE"))));

    step("ServiceProviderConfig", () -> {
      ServiceProviderConfigResource config = scim.getServiceProviderConfig();
      same(config.getPatch().isSupported(), true);
      same(config.getFilter().isSupported(), true);
    });
    step("ResourceTypes", () -> same(
        StreamSupport.stream(scim.getResourceTypes().spliterator(), false).map(ResourceTypeResource::getName).sorted().toList(),
        List.of("Group", "User")));
    step("Schemas, each by its URN as well", () -> {
      for (SchemaResource schema : scim.getSchemas()) same(scim.getSchema(schema.getId()).getName(), schema.getName());
    });
    step("create a user with much in it", () -> {
      UserResource user = new UserResource().setUserName("ada").setActive(true).setTimezone("Europe/London")
          .setPreferredLanguage("en-GB").setName(new Name().setGivenName("Ada").setFamilyName("Lovelace"))
          .setEmails(new Email().setValue("ada@work.example").setType("work").setPrimary(true))
          .setAddresses(new Address().setLocality("London").setCountry("GB").setType("home"));
      ada = scim.create("Users", user);
      same(ada.getUserName(), "ada");
      same(ada.getEmails().get(0).getValue(), "ada@work.example");
      same(ada.getMeta().getCreated(), ada.getMeta().getLastModified());
    });
    step("retrieve by id, by location and by itself", () -> {
      same(scim.retrieve("Users", ada.getId(), UserResource.class).getUserName(), "ada");
      same(scim.retrieve(ada.getMeta().getLocation(), UserResource.class).getUserName(), "ada");
      same(scim.retrieve(ada).getName().getFamilyName(), "Lovelace");
    });
    step("retrieve an unchanged resource with If-None-Match", () ->
        same(refused(() -> scim.retrieveRequest(ada).ifNoneMatch().invoke()).getScimError().getStatus(), 304));
    step("attributes and excludedAttributes", () -> {
      UserResource only = scim.retrieveRequest("Users", ada.getId()).attributes("userName").invoke(UserResource.class);
      same(only.getName(), null);
      UserResource without =
          scim.retrieveRequest("Users", ada.getId()).excludedAttributes("emails").invoke(UserResource.class);
      same(without.getEmails() == null || without.getEmails().isEmpty(), true);
      same(without.getUserName(), "ada");
    });
    step("more users, searched, sorted and paged", () -> {
      for (int at = 0; at < 12; at++)
        scim.create("Users", new UserResource().setUserName(String.format("user%02d", at)).setTitle("many"));
      ListResponse<UserResource> page = scim.searchRequest("Users").filter(Filter.eq("title", "many"))
          .sort("userName", SortOrder.DESCENDING).page(3, 4).invoke(UserResource.class);
      same(page.getTotalResults(), 12);
      same(page.getItemsPerPage(), 4);
      same(page.getResources().stream().map(UserResource::getUserName).toList(),
          List.of("user09", "user08", "user07", "user06"));
    });
    step("the same search by POST", () -> same(scim.searchRequest("Users").filter(Filter.eq("title", "many"))
        .page(1, 5).invokePost(UserResource.class).getResources().size(), 5));
    step("all pages by cursor", () -> {
      Set<String> seen = new TreeSet<>();
      ListResponse<UserResource> page = scim.searchRequest("Users").filter(Filter.eq("title", "many"))
          .firstPageCursorWithCount(5).invoke(UserResource.class);
      while (true) {
        page.getResources().forEach(user -> seen.add(user.getUserName()));
        if (page.getNextCursor() == null) break;
        page = scim.searchRequest("Users").filter(Filter.eq("title", "many"))
            .pageWithCursor(page.getNextCursor(), 5).invoke(UserResource.class);
      }
      same(seen.size(), 12);
    });
    step("a bad filter is refused as invalidFilter", () ->
        same(refused(() -> scim.search("Users", "userName eq", UserResource.class)).getScimError().getScimType(),
            "invalidFilter"));
    step("the same userName twice is a conflict", () -> {
      ScimException error = refused(() -> scim.create("Users", new UserResource().setUserName("ADA")));
      same(error.getScimError().getStatus(), 409);
      same(error.getScimError().getScimType(), "uniqueness");
    });
    step("replace", () -> {
      UserResource now = scim.retrieve(ada).setDisplayName("Countess");
      now.setName(null);
      now = scim.replace(now);
      same(now.getDisplayName(), "Countess");
      same(now.getName(), null);
    });
    step("replace with a version that is old", () -> {
      UserResource old = ada.setDisplayName("too late");
      same(refused(() -> scim.replaceRequest(old).ifMatch().invoke()).getScimError().getStatus(), 412);
    });
    step("modify a user", () -> {
      UserResource now = scim.modifyRequest("Users", ada.getId()).addValues("nickName", "Addie")
          .replaceValue("displayName", "Lady Lovelace").removeValues("timezone").invoke(UserResource.class);
      same(now.getNickName(), "Addie");
      same(now.getDisplayName(), "Lady Lovelace");
      same(now.getTimezone(), null);
    });
    step("create a group", () -> {
      group = scim.create("Groups", new GroupResource().setDisplayName("Engineers"));
      same(group.getDisplayName(), "Engineers");
    });
    step("modify a group: a member in", () ->
        scim.modifyRequest("Groups", group.getId()).addValues("members", new Member().setValue(ada.getId()))
            .invoke(GroupResource.class));
    step("modify a group, asking for what is to come back", () ->
        same(scim.modifyRequest("Groups", group.getId()).replaceValue("displayName", "Engines")
            .attributes("displayName").invoke(GroupResource.class).getDisplayName(), "Engines"));
    step("the member is in the group, and the group at the member", () -> {
      same(scim.retrieve("Groups", group.getId(), GroupResource.class).getMembers().get(0).getValue(), ada.getId());
      same(scim.retrieve(ada).getGroups().get(0).getValue(), group.getId());
    });
    step("an extension, as a generic resource", () -> {
      GenericScimResource user = scim.retrieve("Users", ada.getId(), GenericScimResource.class);
      user.replaceValue("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "Engines");
      GenericScimResource now = scim.replaceRequest(ada.getMeta().getLocation(), user).invoke();
      same(now.getStringValue("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"), "Engines");
    });
    step("delete, and it is gone", () -> {
      scim.delete("Users", ada.getId());
      same(refused(() -> scim.retrieve("Users", ada.getId(), UserResource.class)).getScimError().getStatus(), 404);
    });
    System.out.println(new ObjectMapper().writeValueAsString(findings));
  }
}
