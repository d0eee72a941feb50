package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.SocketException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.test.StepVerifier;

class TransferMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StorageMetrics metrics = StorageMetrics.of(2, registry);

    @Test
    void onlyBucketsThatExistHaveSeriesAndOfTheseTheFirst() {
        for (int i = 0; i < 1000; i++) {
            metrics.downloads().begin("guessed-" + i).end(Outcome.CLIENT_ERROR);
        }
        for (String bucket : new String[] {"one", "two", "three", "four"}) {
            Transfer upload = metrics.uploads().begin(bucket);
            upload.in(bucket);
            upload.end(Outcome.SUCCESS);
        }
        metrics.downloads().begin("one").end(Outcome.SUCCESS);
        metrics.downloads().begin("three").end(Outcome.SUCCESS);

        assertThat(buckets()).containsExactlyInAnyOrder("one", "two", "(other)");
        assertThat(count("upload", "one", "success")).isEqualTo(1);
        assertThat(count("upload", "(other)", "success")).isEqualTo(2);
        assertThat(count("download", "one", "success")).isEqualTo(1);
        assertThat(count("download", "(other)", "success")).isEqualTo(1);
        assertThat(count("download", "(other)", "client_error")).isEqualTo(1000);
    }

    @Test
    void allSeriesOfABucketAreThereFromItsFirstUseOn() {
        metrics.uploads().begin("photos").in("photos");

        assertThat(registry.find("storage.upload").tag("bucket", "photos").counters())
                .extracting(counter -> counter.getId().getTag("status"))
                .containsExactlyInAnyOrder("success", "client_error", "server_error", "aborted");
        for (String other : new String[] {"storage.upload.bytes", "storage.download", "storage.download.bytes"}) {
            assertThat(registry.find(other).tag("bucket", "photos").counter())
                    .as(other)
                    .isNotNull();
        }
    }

    @Test
    void aClientsMistakeIsNoErrorOfOurs() {
        assertThat(Outcome.of(ErrorCode.ENTITY_TOO_LARGE.error())).isEqualTo(Outcome.CLIENT_ERROR);
        assertThat(Outcome.of(ErrorCode.SLOW_DOWN.error())).isEqualTo(Outcome.CLIENT_ERROR);
        assertThat(Outcome.of(ErrorCode.INSUFFICIENT_STORAGE.error())).isEqualTo(Outcome.SERVER_ERROR);
        assertThat(Outcome.of(ErrorCode.SERVICE_UNAVAILABLE.error())).isEqualTo(Outcome.SERVER_ERROR);
        assertThat(Outcome.of(new IllegalStateException("a defect"))).isEqualTo(Outcome.SERVER_ERROR);
        assertThat(Outcome.of(new AbortedException("closed"))).isEqualTo(Outcome.ABORTED);
        assertThat(Outcome.of(new SocketException("Connection reset by peer"))).isEqualTo(Outcome.ABORTED);
    }

    @Test
    void anAnswerIsCountedWhenItIsSentAndNotWhenItIsReady() {
        ServerResponse ready = answered(ServerResponse.ok().bodyValue("12345"));
        assertThat(ready.statusCode()).isEqualTo(HttpStatus.OK);
        assertThat(count("download", "(other)", "success")).isZero();

        StepVerifier.create(sent(ready)).verifyComplete();
        assertThat(count("download", "(other)", "success")).isEqualTo(1);
        assertThat(bytes("download")).isEqualTo(5);
    }

    @Test
    void anAnswerThatBreaksIsCountedOnceWithTheBytesThatWereSent() {
        Flux<String> breaking = Flux.concat(Mono.just("123"), Mono.error(new IllegalStateException("disk")));
        ServerResponse ready = answered(ServerResponse.ok().body(breaking, String.class));

        StepVerifier.create(sent(ready)).verifyErrorMessage("disk");
        assertThat(count("download", "(other)", "server_error")).isEqualTo(1);
        assertThat(bytes("download")).isEqualTo(3);
    }

    @Test
    void anAnswerThatNobodyWaitsForIsAborted() {
        ServerResponse ready = answered(ServerResponse.ok().body(Flux.never(), String.class));

        StepVerifier.create(sent(ready)).thenCancel().verify();
        assertThat(count("download", "(other)", "aborted")).isEqualTo(1);
    }

    private ServerResponse answered(Mono<ServerResponse> answer) {
        return Objects.requireNonNull(
                metrics.downloads().begin("unknown").answered(answer).block());
    }

    private static Mono<Void> sent(ServerResponse answer) {
        return answer.writeTo(MockServerWebExchange.from(MockServerHttpRequest.get("/")), new Strategies());
    }

    private Set<String> buckets() {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> String.valueOf(id.getTag("bucket")))
                .collect(Collectors.toSet());
    }

    private double count(String kind, String bucket, String status) {
        return registry.get("storage." + kind)
                .tags("bucket", bucket, "status", status)
                .counter()
                .count();
    }

    private double bytes(String kind) {
        return registry.get("storage." + kind + ".bytes").counter().count();
    }

    private static final class Strategies implements ServerResponse.Context {

        private final HandlerStrategies strategies = HandlerStrategies.withDefaults();

        @Override
        public List<HttpMessageWriter<?>> messageWriters() {
            return strategies.messageWriters();
        }

        @Override
        public List<ViewResolver> viewResolvers() {
            return strategies.viewResolvers();
        }
    }
}
