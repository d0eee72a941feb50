package io.aerodb.storage.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.access.RouteTable.Block;
import io.aerodb.storage.access.RouteTable.Row;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import io.aerodb.storage.openapi.OpenApiDocument;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every route, by every caller, on everybody's objects and on what is not there: routes.txt. */
class RouteAccessIT {

    private static final Set<String> READS = Set.of("GET", "HEAD");
    private static final Pattern ABOUT_A_BUCKET = Pattern.compile("\\{(bucket|empty|token_id)}");
    private static final Pattern ABOUT_AN_OBJECT = Pattern.compile("\\{(path|folder|token_id)}");
    private static final List<String> OBJECTS = List.of("own", "other's", "public", "missing");

    private final RouteTable table = RouteTable.read();
    private final Caller.Cast cast = cast();

    @Test
    void everyRouteHasItsLinesAndEveryLineARoute() {
        assertThat(table.blocks())
                .flatExtracting(Block::routes)
                .containsExactlyInAnyOrderElementsOf(OpenApiDocument.get().routes());
        assertThat(table.blocks()).allSatisfy(block -> assertThat(block.objects())
                .as("lines of %s", block.routes())
                .isEqualTo(isAbout(ABOUT_A_BUCKET, block) ? OBJECTS : List.of("-")));
    }

    @TestFactory
    Stream<DynamicTest> everyLineHolds() {
        return table.blocks().stream().flatMap(block -> block.methods().stream().flatMap(method -> block.rows().stream()
                .map(row -> DynamicTest.dynamicTest(
                        "%s %s, %s".formatted(method, block.pattern(), row.object()),
                        () -> holds(method, block, row)))));
    }

    private void holds(String method, Block block, Row row) {
        Gateway gateway = SharedGateway.get();
        List<Integer> answered = new ArrayList<>();
        Subject subject = subject(block, row, gateway);
        for (Caller caller : table.callers()) {
            int status = asked(method, block, subject, caller.on(gateway, cast));
            answered.add(status);
            if (status < 300 && !READS.contains(method)) { // the next caller finds everything as this one did
                subject = subject(block, row, gateway);
            }
        }
        assertThat(answered)
                .as("%s %s, %s, for %s", method, block.pattern(), row.object(), table.callers())
                .isEqualTo(row.expected());
    }

    private Subject subject(Block block, Row row, Gateway gateway) {
        return Subject.named(row.object(), isAbout(ABOUT_AN_OBJECT, block), gateway, cast);
    }

    private static int asked(String method, Block block, Subject subject, Api api) {
        String body = subject.filledIn(block.body());
        BodyPublisher sent = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        return api.exchange(method, subject.filledIn(block.address()), sent).status();
    }

    private static boolean isAbout(Pattern what, Block block) {
        return what.matcher(block.address() + block.body()).find();
    }

    private static Caller.Cast cast() {
        String a = Names.user();
        return new Caller.Cast(a, Names.user(), a);
    }
}
