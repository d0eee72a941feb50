package io.aerodb.storage.openapi;

import io.aerodb.storage.harness.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The gateway's openapi.yaml, to which every answer below its base is held. */
public final class OpenApiDocument {

    private static final String BASE = "/storage/v1";
    private static final Path FILE = Path.of(
            System.getProperty("repository.root"),
            "gateway/src/main/resources/io/aerodb/storage/gateway/openapi/openapi.yaml");

    private static final OpenApiDocument DOCUMENT = new OpenApiDocument();

    private final JsonNode root = parsed();
    private final List<Operation> operations;
    private final Schema failure;

    private OpenApiDocument() {
        References references = new References(root);
        this.operations = Operation.all(references).stream()
                .sorted(Comparator.comparing(Operation::path, Templates.MOST_CONCRETE_FIRST))
                .toList();
        this.failure = references.schema(root.at("/components/schemas/Error"));
    }

    public static OpenApiDocument get() {
        return DOCUMENT;
    }

    /** Like {@code GET /bucket/{bucket}}. */
    public Set<String> routes() {
        return operations.stream().map(Operation::toString).collect(Collectors.toSet());
    }

    /**
     * @param path as it was sent, without its query; below the API's base or not
     * @throws AssertionError when the document does not say that this can be the answer
     */
    public void check(String method, String path, Answer answer) {
        if (!path.startsWith(BASE + "/") || method.equals("OPTIONS")) {
            return;
        }
        Optional<Operation> operation = find(method, path.substring(BASE.length()));
        List<String> wrong =
                operation.map(known -> known.complaints(answer)).orElseGet(() -> complaintsAtNoAddress(answer));
        if (!wrong.isEmpty()) {
            throw new AssertionError("%s %s is not answered as openapi.yaml says at %s: %s%n%s"
                    .formatted(method, path, operation.map(Operation::toString).orElse("no address"), wrong, answer));
        }
    }

    JsonNode root() {
        return root;
    }

    private Optional<Operation> find(String method, String path) {
        return operations.stream()
                .filter(operation -> operation.matches(method, path))
                .findFirst();
    }

    /** What has no address is refused, for one reason or another. */
    private List<String> complaintsAtNoAddress(Answer answer) {
        return answer.status() < 400 ? List.of("a success at an undocumented address") : bodyOfFailure(answer);
    }

    private List<String> bodyOfFailure(Answer answer) {
        return answer.body().length == 0 ? List.of() : failure.complaints(answer.json());
    }

    private static JsonNode parsed() {
        try {
            Object tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(FILE));
            return JsonMapper.shared().valueToTree(tree);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
