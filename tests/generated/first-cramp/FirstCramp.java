import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AccountsApi;
import org.openapitools.client.api.EpisodesApi;
import org.openapitools.client.model.Episode;
import org.openapitools.client.model.EpisodeContext;
import org.openapitools.client.model.EpisodeInput;
import org.openapitools.client.model.EpisodePatch;
import org.openapitools.client.model.Period;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.RegisterRequest;

/** A first cramp with what the generator `java` of openapi-generator makes of the contract. */
final class FirstCramp {
  private static final OffsetDateTime STARTED_AT = OffsetDateTime.parse("2026-03-29T03:10:00+02:00");

  /** Logs a cramp at the first address, and reads it at the second, with a context that the contract does not know. */
  public static void main(String[] addresses) throws Exception {
    RegisterRequest account = new RegisterRequest()
        .email("kim@example.org").password("seven quiet herons at dusk").timeZone("Europe/Berlin");
    String token = new AccountsApi(at(addresses[0])).register(account).getTokens().getAccessToken();
    ApiClient client = at(addresses[0]).setRequestInterceptor(it -> it.header("Authorization", "Bearer " + token));
    EpisodesApi episodes = new EpisodesApi(client);

    EpisodeInput input = new EpisodeInput().startedAt(STARTED_AT).intensity(8).note("Twice.");
    Episode logged = episodes.createEpisode("me", input, null);
    equal(logged.getPeriod(), Period.NIGHT);
    episodes.patchEpisode("me", logged.getId(), new EpisodePatch().context(EpisodeContext.ASLEEP), null);

    Episode read = only(episodes);
    equal(List.of(read.getContext(), read.getNote()), List.of(EpisodeContext.ASLEEP, "Twice."));
    equal(read.getStartedAt(), STARTED_AT);

    client.updateBaseUri(addresses[1]);
    equal(only(new EpisodesApi(client)).getContext(), EpisodeContext.UNKNOWN_DEFAULT_OPEN_API);

    try {
      episodes.createEpisode("me", new EpisodeInput().startedAt(STARTED_AT).intensity(11), null);
      throw new AssertionError("an intensity of 11 was taken");
    } catch (ApiException refused) {
      Problem problem = client.getObjectMapper().readValue(refused.getResponseBody(), Problem.class);
      equal(problem.getErrors().get(0).getPointer(), "/intensity");
    }
  }

  private static ApiClient at(String address) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(address);
    return client;
  }

  private static Episode only(EpisodesApi episodes) throws ApiException {
    List<Episode> items =
        episodes.listEpisodes("me", null, null, null, null, null, null, null, null, null, null).getItems();
    equal(items.size(), 1);
    return items.get(0);
  }

  private static void equal(Object one, Object other) {
    if (!Objects.equals(one, other)) throw new AssertionError(one + " is not " + other);
  }
}
