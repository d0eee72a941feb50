package io.aerodb.storage.gateway.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.gateway.http.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** openapi.yaml describes the routes and the errors that there are, and no others. */
class OpenApiDocumentTest {

    private static final Set<String> METHODS = Set.of("get", "head", "post", "put", "patch", "delete");

    private final Node document = Node.parse(yaml());

    @Test
    void everyRouteIsDocumentedAndEveryDocumentedRouteExists() {
        assertThat(paths().collect(Collectors.toSet())).containsExactlyInAnyOrderElementsOf(Routes.all());
    }

    @Test
    void everyErrorIsDocumentedUnderItsStatus() {
        Set<String> documented = document.at("components").at("responses").members().values().stream()
                .flatMap(response -> codes(response).stream())
                .collect(Collectors.toSet());
        Set<String> elsewhere = Set.of("NoSuchRoute", "MethodNotAllowed");
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ErrorCode.values())
                        .map(ErrorCode::code)
                        .filter(code -> !elsewhere.contains(code))
                        .collect(Collectors.toSet()));
        operations().forEach(OpenApiDocumentTest::codesFitTheirStatus);
    }

    @Test
    void whatAnyRequestCanMeetHasTheStatusesOfItsCodes() {
        Node failure = document.at("components").at("responses").at("Failure");
        assertThat(failure.at("x-statuses").elements().stream().map(Node::text).distinct())
                .containsExactlyInAnyOrderElementsOf(codes(failure).stream()
                        .flatMap(OpenApiDocumentTest::statuses)
                        .collect(Collectors.toSet()));
    }

    private Stream<String> paths() {
        return document.at("paths").members().entrySet().stream()
                .flatMap(path -> path.getValue().members().keySet().stream()
                        .filter(METHODS::contains)
                        .map(method -> method.toUpperCase(Locale.ROOT) + " " + path.getKey()));
    }

    private Stream<Node> operations() {
        return document.at("paths").members().values().stream()
                .flatMap(path -> METHODS.stream().map(path::at));
    }

    private static void codesFitTheirStatus(Node operation) {
        operation.at("responses").members().forEach((status, response) -> {
            if (!status.equals("default")) {
                assertThat(codes(response))
                        .allSatisfy(code -> assertThat(statuses(code)).contains(status));
            }
        });
    }

    private static List<String> codes(Node response) {
        Node schema = response.at("content").at("application/json").at("schema");
        return schema.at("properties").at("code").at("enum").elements().stream()
                .map(Node::text)
                .toList();
    }

    /** A code can have two: Supabase's clients expect another one of some. */
    private static Stream<String> statuses(String code) {
        return Arrays.stream(ErrorCode.values())
                .filter(error -> error.code().equals(code))
                .map(error -> Integer.toString(error.status().value()));
    }

    static String yaml() {
        try {
            return Files.readString(Path.of("src/main/resources/io/aerodb/storage/gateway/openapi/openapi.yaml"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
