package io.aerodb.storage.gateway.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** The one body of every failure, in our own shape or in that of RFC 9457. */
final class ProblemBody {

    private static final JsonMapper MAPPER = new JsonMapper();

    private ProblemBody() {}

    /** {@code application/problem+json} for who asks for it by name, else {@code application/json}. */
    static MediaType type(HttpHeaders request) {
        return accepted(request).stream().anyMatch(ProblemBody::isProblem)
                ? MediaType.APPLICATION_PROBLEM_JSON
                : MediaType.APPLICATION_JSON;
    }

    static byte[] bytes(StorageError error, MediaType type, String requestId) {
        Map<String, Object> members = isProblem(type) ? problem(error) : own(error);
        members.put("code", error.code().code());
        members.put("request_id", requestId);
        error.details().forEach(members::putIfAbsent);
        return MAPPER.writeValueAsBytes(members);
    }

    private static Map<String, Object> own(StorageError error) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("statusCode", Integer.toString(error.code().status().value()));
        members.put("error", error.code().word());
        members.put("message", error.message());
        return members;
    }

    private static Map<String, Object> problem(StorageError error) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", "urn:aerodb:storage:error:" + error.code().code());
        members.put("title", error.code().message());
        members.put("status", error.code().status().value());
        members.put("detail", error.message());
        return members;
    }

    private static List<MediaType> accepted(HttpHeaders request) {
        try {
            return request.getAccept();
        } catch (InvalidMediaTypeException malformed) {
            return List.of();
        }
    }

    private static boolean isProblem(MediaType type) {
        return type.equalsTypeAndSubtype(MediaType.APPLICATION_PROBLEM_JSON) && type.getQualityValue() > 0;
    }
}
