package io.aerodb.storage.gateway.form;

import io.aerodb.storage.gateway.form.DelimiterSearch.Found;
import io.aerodb.storage.gateway.http.BodyBudget;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.LeasedBytes;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.wiring.MultipartSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;

/**
 * Takes one form apart, buffer by buffer (RFC 2046, 5.1.1; RFC 7578). What belongs to the file is passed on in slices of the
 * buffers it came in; of all else only the known fields are kept, and everything but the file counts against a limit.
 *
 * <p>Not for two threads at once. Refuses with InvalidRequest, InvalidMetadata or, for the limit, EntityTooLarge, and with
 * ServiceUnavailable when the budget of all bodies is spent.
 */
final class FormParser {

    private static final int LAST_BOUNDARY = '-' << 8 | '-';
    private static final int EMPTY_LINE = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';
    private static final DataBuffer OPENING = DefaultDataBufferFactory.sharedInstance.wrap(new byte[0]);

    private enum State {
        CONTENT,
        HEAD,
        EPILOGUE
    }

    private final MultipartSettings limits;
    private final FormFields fields;
    private final DelimiterSearch delimiter;
    private final BodyBudget.Lease lease;
    private final LeasedBytes head;
    private final List<DataBuffer> fileBytes = new ArrayList<>();
    private final Section intoFile = fileBytes::add;

    private State state = State.CONTENT;
    private Section section = Section.IGNORED;
    private int lastBytesOfHead;
    private int parts;
    private long spent;
    private @Nullable PartHead file;

    FormParser(Boundary boundary, MultipartSettings limits, FormFields fields, BodyBudget.Lease lease) {
        this.limits = limits;
        this.fields = fields;
        this.lease = lease;
        this.head = leased(limits.maxPartHeaderSize());
        this.delimiter = new DelimiterSearch(boundary.delimiter());
    }

    /** Takes the next buffer and owns it; gives what of it is in the file, and before all that once an empty buffer. */
    Flux<DataBuffer> feed(DataBuffer buffer) {
        try {
            while (buffer.readableByteCount() > 0) {
                step(buffer);
            }
            return Flux.fromIterable(List.copyOf(fileBytes));
        } catch (RuntimeException failure) { // whatever it is, what was cut off is nobody else's
            fileBytes.forEach(DataBufferUtils::release);
            return Flux.error(failure);
        } finally {
            fileBytes.clear();
            DataBufferUtils.release(buffer);
        }
    }

    /** The end of the body: empty, or what is missing. */
    Flux<DataBuffer> end() {
        if (state != State.EPILOGUE) {
            return Flux.error(() -> ErrorCode.INCOMPLETE_BODY.because("form", "ends before its last boundary"));
        }
        return file == null
                ? Flux.error(() -> malformed("has no file: a part with a file name, without a name, or named file"))
                : Flux.empty();
    }

    /** The header lines of the file. Ask when it has begun. */
    PartHead file() {
        return Objects.requireNonNull(file);
    }

    static StorageError malformed(String reason) {
        return ErrorCode.INVALID_REQUEST.because("form", reason);
    }

    private void step(DataBuffer buffer) {
        switch (state) {
            case CONTENT -> content(buffer);
            case HEAD -> head(buffer.read());
            case EPILOGUE -> pass(buffer.split(buffer.writePosition()));
        }
    }

    private void content(DataBuffer buffer) {
        Found found = search(buffer);
        if (found.regained() > 0) {
            pass(buffer.factory().wrap(delimiter.beginning(found.regained())));
        }
        if (found.content() > 0) {
            pass(buffer.split(buffer.readPosition() + found.content()));
        }
        buffer.readPosition(buffer.readPosition() + found.consumed() - found.content());
        if (found.complete()) {
            section.end();
            state = State.HEAD;
        }
    }

    private Found search(DataBuffer buffer) {
        try (DataBuffer.ByteBufferIterator views = buffer.readableByteBuffers()) {
            ByteBuffer first = views.next();
            return delimiter.next(views.hasNext() ? copied(buffer) : first);
        }
    }

    private static ByteBuffer copied(DataBuffer scattered) {
        ByteBuffer copy = ByteBuffer.allocate(scattered.readableByteCount());
        scattered.toByteBuffer(copy);
        return copy;
    }

    private void pass(DataBuffer bytes) {
        int count = bytes.readableByteCount();
        section.take(bytes);
        if (section != intoFile) {
            spend(count);
        }
    }

    /** From behind a boundary to the empty line before the content. */
    private void head(byte next) {
        head.append(next);
        spend(1);
        lastBytesOfHead = lastBytesOfHead << 8 | next & 0xff;
        if (head.size() == 2 && lastBytesOfHead == LAST_BOUNDARY) {
            state = State.EPILOGUE;
            section = Section.IGNORED;
        } else if (lastBytesOfHead == EMPTY_LINE) {
            begin(PartHead.of(head.toByteArray()));
        } else if (head.size() > limits.maxPartHeaderSize().toBytes()) {
            throw malformed("must have at most %d bytes of headers in a part"
                    .formatted(limits.maxPartHeaderSize().toBytes()));
        }
    }

    private void begin(PartHead part) {
        parts++;
        if (parts > limits.maxParts()) {
            throw malformed("must have at most %d parts".formatted(limits.maxParts()));
        }
        spend(delimiter.length());
        head.clear();
        lastBytesOfHead = 0;
        state = State.CONTENT;
        section = section(part);
    }

    private Section section(PartHead part) {
        if (FormFields.knows(part.name())) {
            return Section.field(part.name(), leased(limits.maxFieldsSize()), fields::set);
        }
        if (!part.isFile()) {
            return Section.IGNORED;
        }
        if (file != null) {
            throw malformed("must have one file and has two");
        }
        file = part;
        fileBytes.add(OPENING);
        return intoFile;
    }

    private LeasedBytes leased(DataSize most) {
        return new LeasedBytes(lease, Math.toIntExact(most.toBytes()));
    }

    private void spend(int bytes) {
        spent += bytes;
        long limit = limits.maxFieldsSize().toBytes();
        if (spent > limit) {
            throw ErrorCode.ENTITY_TOO_LARGE
                    .because("The form has more than %d bytes beside its file".formatted(limit))
                    .with("limit", limit);
        }
    }
}
