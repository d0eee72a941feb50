package io.aerodb.storage.gateway.form;

import io.aerodb.storage.gateway.http.BodyBudget;
import io.aerodb.storage.gateway.http.Caller;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.http.UploadHeaders;
import io.aerodb.storage.gateway.wiring.MultipartSettings;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads files out of {@code multipart/form-data}. Nothing is held but the fields that count, and nothing goes to a disk.
 *
 * <p>The request's headers say of the file what they say for a raw body, and fields win over them; only digests and
 * Content-Encoding would be about the form and are refused: they belong to the part.
 */
public final class Forms {

    private static final String TYPE = "multipart/form-data";

    private final MultipartSettings limits;
    private final DataSize maxMetadata;
    private final BodyBudget budget;

    /**
     * @param maxMetadata bytes of the field {@code metadata}
     * @param budget of all bodies; a form takes of it until what is done with the file has ended
     */
    public Forms(MultipartSettings limits, DataSize maxMetadata, BodyBudget budget) {
        this.limits = limits;
        this.maxMetadata = maxMetadata;
        this.budget = budget;
    }

    /** Whether a body of this Content-Type is a form. */
    public static boolean isForm(@Nullable String contentType) {
        return contentType != null
                && contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(TYPE);
    }

    /**
     * Reads the form up to its file and hands that on. Emits what comes of it; fails with a StorageError when the form is
     * malformed or too large, at whatever place of it. What is done with the file has to end by itself when its content
     * fails or when the caller cancels.
     *
     * @param caller who sends it
     * @param request the headers of the request, already read
     * @param body not subscribed before the result is
     */
    public <T> Mono<T> read(
            Caller caller, UploadHeaders request, Flux<DataBuffer> body, Function<FormFile, Mono<T>> use) {
        return Mono.using(
                () -> budget.lease(caller),
                lease -> read(new FormReading(request, lease), body, use),
                BodyBudget.Lease::close);
    }

    private static <T> Mono<T> read(FormReading reading, Flux<DataBuffer> body, Function<FormFile, Mono<T>> use) {
        return reading.pieces(body)
                .<T>switchOnFirst((first, pieces) -> first.hasValue()
                        ? Mono.defer(() -> use.apply(reading.file(pieces.skip(1))))
                        : pieces.then(Mono.empty()))
                .singleOrEmpty();
    }

    /** One subscription's way through one form. */
    private final class FormReading {

        private final UploadHeaders request;
        private final FormFields fields = new FormFields(maxMetadata);
        private final FormParser parser;

        FormReading(UploadHeaders request, BodyBudget.Lease lease) {
            this.request = concerningTheFile(request);
            this.parser = new FormParser(Boundary.of(request.contentType()), limits, fields, lease);
        }

        /** First an empty buffer, as soon as the file begins; then its content. */
        Flux<DataBuffer> pieces(Flux<DataBuffer> body) {
            return body.concatMap(parser::feed, 1)
                    .concatWith(Flux.defer(parser::end))
                    .doOnDiscard(DataBuffer.class, DataBufferUtils::release);
        }

        FormFile file(Flux<DataBuffer> content) {
            UploadHeaders part = UploadHeaders.of(parser.file().headers(), maxMetadata);
            UploadHeaders headers = new UploadHeaders(
                    OptionalLong.empty(),
                    part.contentType(),
                    request.cacheControl(),
                    part.contentEncoding(),
                    request.metadata(),
                    part.digests());
            return new FormFile(headers, leastSize(), content, () -> fields.over(headers));
        }

        private OptionalLong leastSize() {
            long most = limits.maxFieldsSize().toBytes();
            return request.contentLength().isPresent()
                            && request.contentLength().getAsLong() > most
                    ? OptionalLong.of(request.contentLength().getAsLong() - most)
                    : OptionalLong.empty();
        }
    }

    private static UploadHeaders concerningTheFile(UploadHeaders request) {
        if (request.contentEncoding() != null) {
            throw notOnTheForm(HttpHeaders.CONTENT_ENCODING);
        }
        if (!request.digests().isEmpty()) {
            throw notOnTheForm("digests");
        }
        return request;
    }

    private static StorageError notOnTheForm(String header) {
        return ErrorCode.INVALID_REQUEST.because(
                header, "must stand in the part of the file: on the request it would be about the whole form");
    }
}
