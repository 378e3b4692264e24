import com.google.gson.Gson;
import com.google.gson.JsonSyntaxException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Classifies image files and the images at URLs, and prints a table. */
public final class Classify {
    private static final int MAX_ATTEMPTS = 5;

    /** For all attempts of a request together. */
    private static final Duration MAX_TIME = Duration.ofMinutes(1);

    /** The service's limit. */
    private static final int BATCH_SIZE = 16;

    private record Prediction(String label, double probability) {}

    /** Problem details (RFC 9457). Read the code in programs; the detail is for people. */
    private record Problem(String code, String detail) {}

    /** An image's predictions or its problem. */
    private record Result(List<Prediction> predictions, Problem problem) {}

    private record Batch(List<Result> results) {}

    /** An image's prediction, or why there is none. */
    private record Outcome(String name, Prediction prediction, String failure) {}

    /** Why there is no prediction. */
    private static final class Failure extends Exception {
        Failure(String message) {
            super(message);
        }

        Failure(Problem problem) {
            this(problem.code() + ": " + problem.detail());
        }
    }

    private final Gson gson = new Gson();
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    // The service never redirects. Another server must not get the key.
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
    private final String base;

    private Classify(String base) {
        this.base = base;
    }

    /** Sends a request until it is answered. Nothing is stored, so it may be sent again. */
    private <T> T post(String path, String contentType, byte[] body, Class<T> type)
            throws Failure, InterruptedException {
        var deadline = Instant.now().plus(MAX_TIME);
        for (int attempt = 1; ; attempt++) {
            Failure failure;
            var retryAfter = Duration.ZERO;
            try {
                var request = request(path, contentType, body, deadline);
                var response = client.send(request, BodyHandlers.ofString());
                if (response.statusCode() == 200) return answer(response, type);
                failure = failure(response);
                if (response.statusCode() != 429 && response.statusCode() != 503) throw failure;
                retryAfter = retryAfter(response);
            } catch (IOException error) {
                var reason = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
                failure = new Failure("no answer from " + base + path + ": " + reason + ".");
            }

            // Random, so that clients that were refused together do not come back together.
            long maxBackoffMs = 500L << (attempt - 1);
            var wait = retryAfter.plusMillis(ThreadLocalRandom.current().nextLong(maxBackoffMs));
            if (attempt == MAX_ATTEMPTS || !Instant.now().plus(wait).isBefore(deadline)) throw failure;
            System.err.printf("%s Trying again in %.1f s.%n", failure.getMessage(), wait.toMillis() / 1000.0);
            Thread.sleep(wait.toMillis());
        }
    }

    private HttpRequest request(String path, String contentType, byte[] body, Instant deadline) {
        var left = Duration.between(Instant.now(), deadline);
        var request =
                HttpRequest.newBuilder(URI.create(base + path))
                        .header("Content-Type", contentType)
                        .timeout(left.isNegative() || left.isZero() ? Duration.ofSeconds(1) : left)
                        .POST(BodyPublishers.ofByteArray(body));
        var key = System.getenv("API_KEY");
        if (key != null && !key.isEmpty()) request.header("x-api-key", key);
        var token = System.getenv("API_TOKEN");
        if (token != null && !token.isEmpty()) request.header("Authorization", "Bearer " + token);
        return request.build();
    }

    private <T> T answer(HttpResponse<String> response, Class<T> type) throws Failure {
        try {
            return gson.fromJson(response.body(), type);
        } catch (JsonSyntaxException error) {
            throw new Failure("expected JSON, got something else with status 200.");
        }
    }

    private Failure failure(HttpResponse<String> response) {
        try {
            var problem = gson.fromJson(response.body(), Problem.class);
            if (problem != null && problem.code() != null) return new Failure(problem);
        } catch (JsonSyntaxException error) {
            // Not JSON.
        }
        return new Failure("expected problem details, got something else with status " + response.statusCode() + ".");
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        var seconds = response.headers().firstValue("Retry-After").filter(text -> text.matches("\\d{1,9}"));
        return seconds.map(text -> Duration.ofSeconds(Long.parseLong(text))).orElse(Duration.ZERO);
    }

    /** Asks once for all files. */
    private List<Result> classifyFiles(List<String> files) throws Failure, IOException, InterruptedException {
        var images = new ArrayList<byte[]>();
        for (var file : files) images.add(Files.readAllBytes(Path.of(file)));
        if (images.size() == 1) {
            return List.of(post("/predict?top_k=1", "application/octet-stream", images.get(0), Result.class));
        }
        var texts = images.stream().map(Base64.getEncoder()::encodeToString).toList();
        var body = gson.toJson(Map.of("images", texts)).getBytes(StandardCharsets.UTF_8);
        return post("/predict/batch?top_k=1", "application/json", body, Batch.class).results();
    }

    private List<Result> classifyUrl(String url) throws Failure, InterruptedException {
        var body = gson.toJson(Map.of("url", url)).getBytes(StandardCharsets.UTF_8);
        return List.of(post("/predict/url?top_k=1", "application/json", body, Result.class));
    }

    private interface Request {
        List<Result> send() throws Failure, IOException, InterruptedException;
    }

    /** Gives each name its result. If a request fails, all of its images do. */
    private static List<Outcome> outcomes(List<String> names, Request request) throws InterruptedException {
        var outcomes = new ArrayList<Outcome>();
        try {
            var results = request.send();
            for (int index = 0; index < names.size(); index++) {
                var result = results.get(index);
                outcomes.add(
                        result.problem() == null
                                ? new Outcome(names.get(index), result.predictions().get(0), null)
                                : new Outcome(names.get(index), null, new Failure(result.problem()).getMessage()));
            }
        } catch (Failure failure) {
            for (var name : names) outcomes.add(new Outcome(name, null, failure.getMessage()));
        } catch (IOException error) {
            for (var name : names) outcomes.add(new Outcome(name, null, "cannot read " + error.getMessage()));
        }
        return outcomes;
    }

    private static void printTable(List<Outcome> outcomes) {
        int nameWidth = Math.max(4, outcomes.stream().mapToInt(one -> one.name().length()).max().orElse(0));
        int labelWidth =
                Math.max(5, outcomes.stream().mapToInt(one -> one.prediction().label().length()).max().orElse(0));
        var format = "%-" + nameWidth + "s  %-" + labelWidth + "s  %s%n";
        System.out.printf(format, "FILE", "LABEL", "PROBABILITY");
        for (var one : outcomes) {
            var probability = String.format("%.4f", one.prediction().probability());
            System.out.printf(format, one.name(), one.prediction().label(), probability);
        }
    }

    private static boolean isUrl(String text) {
        return text.startsWith("http://") || text.startsWith("https://");
    }

    public static void main(String[] args) throws InterruptedException {
        var images = new ArrayList<>(List.of(args));
        var base = "http://localhost:8080";
        if (images.size() > 1 && images.get(0).equals("--url")) {
            base = images.get(1).replaceAll("/+$", "");
            images.subList(0, 2).clear();
        }
        if (images.isEmpty() || images.get(0).startsWith("--") || !isUrl(base)) {
            System.err.println("Usage: Classify [--url BASE] FILE_OR_URL...");
            System.exit(2);
        }

        var classify = new Classify(base);
        var files = images.stream().filter(image -> !isUrl(image)).toList();
        var outcomes = new ArrayList<Outcome>();
        for (int start = 0; start < files.size(); start += BATCH_SIZE) {
            var batch = files.subList(start, Math.min(start + BATCH_SIZE, files.size()));
            outcomes.addAll(outcomes(batch, () -> classify.classifyFiles(batch)));
        }
        for (var url : images.stream().filter(Classify::isUrl).toList()) {
            outcomes.addAll(outcomes(List.of(url), () -> classify.classifyUrl(url)));
        }

        var classified = outcomes.stream().filter(one -> one.failure() == null).toList();
        if (!classified.isEmpty()) printTable(classified);
        for (var one : outcomes) {
            if (one.failure() != null) System.err.println(one.name() + ": " + one.failure());
        }
        System.exit(classified.size() == outcomes.size() ? 0 : 1);
    }
}
