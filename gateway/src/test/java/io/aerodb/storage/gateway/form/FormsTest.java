package io.aerodb.storage.gateway.form;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.Digest;
import io.aerodb.storage.backend.TrackedBuffers;
import io.aerodb.storage.gateway.http.BodyBudget;
import io.aerodb.storage.gateway.http.Caller;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.http.UploadHeaders;
import io.aerodb.storage.gateway.wiring.MultipartSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.util.unit.DataSize;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class FormsTest {

    private static final int FIELDS = 16 * 1024;
    private static final MultipartSettings LIMITS =
            new MultipartSettings(4, DataSize.ofBytes(512), DataSize.ofBytes(FIELDS));
    private static final Caller SERVICE = new Caller("service", false);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final TrackedBuffers buffers = new TrackedBuffers();
    private final Forms forms = new Forms(
            LIMITS,
            DataSize.ofBytes(1000),
            new BodyBudget(DataSize.ofKilobytes(40), DataSize.ofKilobytes(40), new SimpleMeterRegistry()));

    @AfterEach
    void nothingIsHeld() {
        buffers.assertAllReleased();
    }

    /** What came out of one form. */
    private record Result(
            String content,
            String type,
            @Nullable String cacheControl,
            @Nullable String metadata) {}

    @Test
    void fileAndFieldsComeOutWhereverTheBuffersEnd() {
        byte[] form = new FormText()
                .field("cacheControl", "60")
                .file(ascii("one\r\n--bound-arx\r\n\r\ntwo"), "Content-Type: image/png")
                .field("metadata", "{\"a\":1}")
                .end();
        Result expected = new Result("one\r\n--bound-arx\r\n\r\ntwo", "image/png", "max-age=60", "{\"a\":1}");
        for (int split = 0; split <= form.length; split++) {
            Flux<DataBuffer> halves = Flux.concat(part(form, 0, split), part(form, split, form.length));
            assertThat(read(halves).block(LIMIT)).as("split at %d", split).isEqualTo(expected);
        }
        assertThat(read(buffers.content(form, 1)).block(LIMIT)).isEqualTo(expected);
    }

    @Test
    void contentThatLooksLikeBoundariesStaysWhatItIs() {
        String[] pieces = {"\r", "\n", "-", "--", "\r\n--", "\r\n--bound", "\r\n--bound-ar", "bound-ary", "x", "\r\r\n"
        };
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            StringBuilder content = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                content.append(pieces[random.nextInt(pieces.length)]);
            }
            String expected = content.toString();
            while (expected.contains("\r\n--bound-ary")) {
                expected = expected.replace("\r\n--bound-ary", "");
            }
            byte[] form = new FormText().file(ascii(expected)).end();
            assertThat(content(read(buffers.content(form, 1 + random.nextInt(20)))))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", delimiter = '|', textBlock = """
                    3600              | max-age=3600
                    max-age=60        | max-age=60
                    public, max-age=1 | public, max-age=1
                    ''                | none
                    """)
    void cacheControlIsANumberOfSecondsOrAsSent(String field, @Nullable String expected) {
        byte[] form =
                new FormText().file(new byte[1]).field("cacheControl", field).end();
        assertThat(read(buffers.content(form, 50))
                        .map(result -> String.valueOf(result.cacheControl()))
                        .block(LIMIT))
                .isEqualTo(String.valueOf(expected));
    }

    @Test
    void fieldsWinOverHeadersOfTheRequest() {
        UploadHeaders request =
                new UploadHeaders(OptionalLong.empty(), type(), "no-store", null, "{\"from\":\"header\"}", Map.of());
        byte[] form = new FormText().file(new byte[1]).end();
        byte[] withFields = new FormText()
                .file(new byte[1])
                .field("metadata", "{}")
                .field("cacheControl", "1")
                .end();

        assertThat(read(request, buffers.content(form, 50)).block(LIMIT))
                .extracting(Result::cacheControl, Result::metadata)
                .containsExactly("no-store", "{\"from\":\"header\"}");
        assertThat(read(request, buffers.content(withFields, 50)).block(LIMIT))
                .extracting(Result::cacheControl, Result::metadata)
                .containsExactly("max-age=1", "{}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "form-data; name=\"\"; filename=\"blob\"",
                "form-data; name=\"\"",
                "form-data; name=file",
                "form-data; filename=\"no name\"",
                "form-data; name=\"anything\"; filename=\"\"",
                "form-data; name=\"x\"; filename=\"a \\\" quote; and a semicolon\"",
                "form-data; filename=\"ö\"; name=\"x\""
            })
    void theFileIsWhatHasAFileNameOrNoNameOrIsCalledFile(String disposition) {
        byte[] form = new FormText()
                .field("other", "ignored")
                .part(disposition, ascii("content"), "content-type: text/plain")
                .end();
        assertThat(read(buffers.content(form, 50)).block(LIMIT))
                .isEqualTo(new Result("content", "text/plain", null, null));
    }

    @Test
    void anEmptyFileIsAFile() {
        assertThat(read(buffers.content(new FormText().file(new byte[0]).end(), 50))
                        .block(LIMIT))
                .isEqualTo(new Result("", "application/octet-stream", null, null));
    }

    @Test
    void textAroundTheFormMeansNothing() {
        byte[] form = new FormText()
                .text("preamble\r\n")
                .file(ascii("x"))
                .text("--bound-ary--\r\nepilogue")
                .bytes();
        assertThat(content(read(buffers.content(form, 7)))).isEqualTo("x");
    }

    @Test
    void whatTheFilesPartSaysOfItsDigestAndEncodingIsKnownBeforeItsBytes() {
        byte[] form = new FormText()
                .file(
                        ascii("x"),
                        "Content-MD5: " + "A".repeat(22) + "==",
                        "Content-Encoding: gzip",
                        "Content-Length: 77")
                .end();
        UploadHeaders headers = forms.read(
                        SERVICE, request(), buffers.content(form, 50), file -> Mono.just(file.headers()))
                .block(LIMIT);
        assertThat(headers.digests()).containsEntry(Digest.MD5, "00".repeat(16));
        assertThat(headers.contentEncoding()).isEqualTo("gzip");
        assertThat(headers.contentLength()).isEmpty();
    }

    @Test
    void theFileIsAtLeastAsLongAsTheFormWithoutTheMostOfFields() {
        byte[] form = new FormText().file(new byte[1]).end();
        UploadHeaders request = new UploadHeaders(OptionalLong.of(FIELDS + 5), type(), null, null, null, Map.of());
        OptionalLong least = forms.read(
                        SERVICE, request, buffers.content(form, 50), file -> Mono.just(file.leastSize()))
                .block(LIMIT);
        assertThat(least).hasValue(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no boundary at all",
                "--bound-ary\r\n",
                "--bound-ary\r\nContent-Disposition: form-data; name=\"\"\r\n\r\ncontent",
                "--bound-ary\r\nContent-Disposition: form-data; name=\"\"\r\n\r\ncontent\r\n--bound-ary",
                "--bound-ary\r\nContent-Disposition: form-data; name=\"\"\r\n\r\ncontent\r\n--bound-ary-"
            })
    void aFormWithoutItsLastBoundaryIsIncomplete(String form) {
        StepVerifier.create(read(buffers.content(ascii(form), 9)))
                .verifyErrorSatisfies(failure -> is(failure, ErrorCode.INCOMPLETE_BODY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--bound-ary--",
                "--bound-ary\r\n\r\nno headers\r\n--bound-ary--",
                "--bound-ary\r\nContent-Type: a/b\r\n\r\nx\r\n--bound-ary--",
                "--bound-ary\r\nContent-Disposition: attachment; name=\"file\"\r\n\r\nx\r\n--bound-ary--",
                "--bound-ary\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--bound-ary--",
                "--bound-ary\r\nContent-Disposition: form-data; name=\"\r\n\r\nx\r\n--bound-ary--",
                "--bound-ary\r\nContent-Disposition: form-data; name=\"file\"; filename*=\"\r\n\r\nx\r\n--bound-ary--",
                "--bound-ary\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n"
                        + "--bound-ary\r\nContent-Disposition: form-data; name=\"\r\n\r\nx\r\n--bound-ary--",
                "--bound-ary\r\nno colon\r\n\r\nx\r\n--bound-ary--",
                "--bound-ary\r\nContent-Disposition: form-data; name=\"file\"\r\n folded: x\r\n\r\nx\r\n--bound-ary--",
                "--bound-ary\r\nContent-Disposition: form-data; name=\"file\"\r\nX: a\nY: b\r\n\r\nx\r\n--bound-ary--",
                "--bound-aryX\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--bound-ary--",
                "--bound-ary\r\nContent-Disposition: form-data; name=\"file\"\r\n"
                        + "Content-Transfer-Encoding: base64\r\n\r\nx\r\n--bound-ary--",
                "--bound-ary\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Type: none\r\n\r\nx\r\n--bound-ary--",
            })
    void aMalformedFormIsRefused(String form) {
        for (int bufferSize : List.of(9, 1000)) {
            StepVerifier.create(read(buffers.content(ascii(form), bufferSize)))
                    .verifyErrorSatisfies(failure -> is(failure, ErrorCode.INVALID_REQUEST));
        }
    }

    @Test
    void whatIsWrongBehindTheFileFailsItsContent() {
        FormText file = new FormText().file(ascii("content"));
        refused(new FormText().file(ascii("a")).file(ascii("b")).end(), ErrorCode.INVALID_REQUEST, "two");
        refused(new FormText().file(ascii("a")).field("metadata", "[]").end(), ErrorCode.INVALID_METADATA, "metadata");
        refused(
                new FormText().file(ascii("a")).field("cacheControl", "a\nb").end(),
                ErrorCode.INVALID_REQUEST,
                "cacheControl");
        refused(
                new FormText()
                        .file(ascii("a"))
                        .field("cacheControl", "1")
                        .field("cacheControl", "2")
                        .end(),
                ErrorCode.INVALID_REQUEST,
                "once");
        refused(
                file.field("metadata", "{\"a\":\"%s\"}".formatted("x".repeat(1000)))
                        .end(),
                ErrorCode.INVALID_METADATA,
                "1000");
    }

    @Test
    void everyLimitHolds() {
        FormText parts = new FormText();
        for (int i = 0; i < 5; i++) {
            parts.field("part-" + i, "x");
        }
        refused(parts.end(), ErrorCode.INVALID_REQUEST, "4 parts");
        refused(new FormText().field("a", "x".repeat(FIELDS)).end(), ErrorCode.ENTITY_TOO_LARGE, "16384");
        refused(new FormText().field("metadata", "x".repeat(FIELDS)).end(), ErrorCode.ENTITY_TOO_LARGE, "16384");
        refused(new FormText().text("x".repeat(FIELDS + 1)).end(), ErrorCode.ENTITY_TOO_LARGE, "16384");
        refused(
                new FormText()
                        .file(ascii("x"))
                        .text("--bound-ary--" + "x".repeat(FIELDS))
                        .bytes(),
                ErrorCode.ENTITY_TOO_LARGE,
                "16384");
        refused(new FormText().file(ascii("x"), "X: " + "x".repeat(512)).end(), ErrorCode.INVALID_REQUEST, "512");
        refused(new FormText().text("--bound-ary" + " ".repeat(600)).bytes(), ErrorCode.INVALID_REQUEST, "512");
    }

    @Test
    void formsThatDoNotEndTakeTheBudgetAndNotMoreAndGiveItBackWhenTheyLeave() {
        byte[] begun = new FormText()
                .text("--bound-ary\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n" + "x".repeat(12_000))
                .bytes();
        Mono<Result> endless = read(Flux.concat(buffers.content(begun, 1000), Flux.never()));
        Disposable first = endless.subscribe();
        Disposable second = endless.subscribe();
        StepVerifier.create(endless).verifyErrorSatisfies(failure -> is(failure, ErrorCode.SERVICE_UNAVAILABLE));
        assertThat(buffers.held()).isZero();

        first.dispose();
        List<Throwable> refused = new ArrayList<>();
        Disposable third = endless.doOnError(refused::add).onErrorComplete().subscribe();
        assertThat(refused).isEmpty();
        third.dispose();
        second.dispose();
    }

    @Test
    void aFormThatEndsOrFailsGivesTheBudgetBack() {
        byte[] whole = new FormText()
                .field("cacheControl", " ".repeat(12_000))
                .file(ascii("x"))
                .end();
        byte[] broken = new FormText()
                .field("metadata", "x".repeat(12_000))
                .file(ascii("x"))
                .end();
        for (int i = 0; i < 10; i++) {
            assertThat(content(read(buffers.content(whole, 1000)))).isEqualTo("x");
            refused(broken, ErrorCode.INVALID_METADATA, "metadata");
        }
    }

    @Test
    void theFileItselfCountsAgainstNoLimit() {
        byte[] form = new FormText().file(new byte[10 * FIELDS]).end();
        assertThat(content(read(buffers.content(form, 1000)))).hasSize(10 * FIELDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"\"",
                "multipart/form-data; boundary=\"ends with a space \"",
                "multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x"
            })
    void withoutAGoodBoundaryTheBodyIsNotRead(String type) {
        UploadHeaders request = new UploadHeaders(OptionalLong.empty(), type, null, null, null, Map.of());
        AtomicBoolean subscribed = new AtomicBoolean();
        StepVerifier.create(read(request, Flux.<DataBuffer>never().doOnSubscribe(s -> subscribed.set(true))))
                .verifyErrorSatisfies(failure -> is(failure, ErrorCode.INVALID_REQUEST));
        assertThat(subscribed).isFalse();
    }

    @Test
    void digestsAndEncodingsOfTheWholeFormAreRefused() {
        UploadHeaders hashed = new UploadHeaders(
                OptionalLong.empty(), type(), null, null, null, Map.of(Digest.SHA_256, "00".repeat(32)));
        UploadHeaders zipped = new UploadHeaders(OptionalLong.empty(), type(), null, "gzip", null, Map.of());
        for (UploadHeaders request : List.of(hashed, zipped)) {
            StepVerifier.create(read(request, Flux.never()))
                    .verifyErrorSatisfies(failure -> is(failure, ErrorCode.INVALID_REQUEST));
        }
    }

    @Test
    void aFileThatIsRefusedUnreadReleasesItsBytesAndStopsTheBody() {
        byte[] head = new FormText().file(new byte[3000]).bytes();
        AtomicBoolean stopped = new AtomicBoolean();
        Flux<DataBuffer> endless =
                Flux.concat(buffers.content(head, 1000), Flux.never()).doOnCancel(() -> stopped.set(true));
        StepVerifier.create(forms.read(SERVICE, request(), endless, file -> Mono.error(ErrorCode.ACCESS_DENIED::error)))
                .verifyErrorSatisfies(failure -> is(failure, ErrorCode.ACCESS_DENIED));
        assertThat(stopped).isTrue();
        assertThat(buffers.made()).isEqualTo(1);
    }

    @Test
    void contentThatFailsInTheMiddleStopsTheBody() {
        byte[] head = new FormText().file(new byte[5000]).bytes();
        AtomicBoolean stopped = new AtomicBoolean();
        Flux<DataBuffer> endless =
                Flux.concat(buffers.content(head, 1000), Flux.never()).doOnCancel(() -> stopped.set(true));
        Function<FormFile, Mono<Long>> failing = file -> file.content()
                .doOnNext(DataBufferUtils::release)
                .take(2)
                .then(Mono.error(ErrorCode.ENTITY_TOO_LARGE::error));
        StepVerifier.create(forms.read(SERVICE, request(), endless, failing))
                .verifyErrorSatisfies(failure -> is(failure, ErrorCode.ENTITY_TOO_LARGE));
        assertThat(stopped).isTrue();
    }

    @Test
    void aBodyThatFailsInTheMiddleFailsTheContent() {
        byte[] head = new FormText().file(new byte[5000]).bytes();
        Flux<DataBuffer> broken =
                Flux.concat(buffers.content(head, 1000), Flux.error(new IllegalStateException("reset")));
        StepVerifier.create(read(broken)).verifyErrorMessage("reset");
        StepVerifier.create(read(Flux.error(new IllegalStateException("reset"))))
                .verifyErrorMessage("reset");
    }

    @Test
    void aClientThatLeavesInTheMiddleOfAPartLeavesNoBuffer() {
        byte[] form = new FormText().file(new byte[5000]).end();
        for (int received = 0; received < 6; received++) {
            Sinks.Many<DataBuffer> body = Sinks.many().unicast().onBackpressureBuffer();
            var client = read(body.asFlux()).subscribe();
            for (int i = 0; i < received; i++) {
                body.tryEmitNext(buffers.copy(form, i * 900, 900)).orThrow();
            }
            client.dispose();
            assertThat(body.currentSubscriberCount()).isZero();
        }
    }

    @Test
    void bytesThatNobodyAskedForYetAreReleasedWhenTheClientLeaves() {
        byte[] form = new FormText().file(new byte[5000]).end();
        TestPublisher<DataBuffer> body = TestPublisher.create();
        var client = forms.read(
                        SERVICE, request(), body.flux(), file -> file.content().as(unread -> Mono.never()))
                .subscribe();
        body.next(buffers.copy(form, 0, 900));
        client.dispose();
        body.assertCancelled();
    }

    @Test
    void aSlowConsumerIsNotRunOver() {
        byte[] form = new FormText().file(new byte[50_000]).end();
        AtomicLong asked = new AtomicLong();
        Flux<DataBuffer> body = buffers.content(form, 1000).doOnRequest(asked::addAndGet);
        Function<FormFile, Mono<Integer>> slow = file -> file.content()
                .limitRate(1)
                .publishOn(Schedulers.parallel(), 1)
                .concatMap(buffer -> Mono.delay(Duration.ofMillis(1)).thenReturn(released(buffer)), 1)
                .doOnNext(size -> assertThat(buffers.held()).isLessThan(10_000))
                .reduce(0, Integer::sum);
        StepVerifier.create(forms.read(SERVICE, request(), body, slow))
                .expectNext(50_000)
                .verifyComplete();
        assertThat(asked.get()).isLessThan(100);
    }

    private void refused(byte[] form, ErrorCode code, String saying) {
        StepVerifier.create(read(buffers.content(form, 100))).verifyErrorSatisfies(failure -> {
            is(failure, code);
            assertThat(failure).hasMessageContaining(saying);
        });
    }

    private static void is(Throwable failure, ErrorCode code) {
        assertThat(failure).isInstanceOfSatisfying(StorageError.class, error -> assertThat(error.code())
                .isEqualTo(code));
    }

    private Mono<Result> read(Flux<DataBuffer> body) {
        return read(request(), body);
    }

    private Mono<Result> read(UploadHeaders request, Flux<DataBuffer> body) {
        return forms.read(SERVICE, request, body, file -> file.content()
                .collect(ByteArrayOutputStream::new, FormsTest::append)
                .map(content -> result(content, file.finalHeaders().get())));
    }

    private static String content(Mono<Result> result) {
        return result.block(LIMIT).content();
    }

    private static void append(ByteArrayOutputStream all, DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        all.writeBytes(bytes);
    }

    private static Result result(ByteArrayOutputStream content, UploadHeaders headers) {
        return new Result(
                content.toString(StandardCharsets.UTF_8),
                headers.contentType(),
                headers.cacheControl(),
                headers.metadata());
    }

    private static int released(DataBuffer buffer) {
        int size = buffer.readableByteCount();
        DataBufferUtils.release(buffer);
        return size;
    }

    private Flux<DataBuffer> part(byte[] bytes, int from, int to) {
        return buffers.content(Arrays.copyOfRange(bytes, from, to), Math.max(1, to - from));
    }

    private static UploadHeaders request() {
        return new UploadHeaders(OptionalLong.empty(), type(), null, null, null, Map.of());
    }

    private static String type() {
        return "multipart/form-data; boundary=" + FormText.BOUNDARY;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
