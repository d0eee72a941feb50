package io.aerodb.storage.gateway.openapi;

import java.util.List;
import java.util.regex.Pattern;
import org.springframework.web.util.HtmlUtils;

/** HTML in the making. What is given as text is escaped; what is given as HTML is not. */
final class Html {

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private final StringBuilder html = new StringBuilder();

    /** Text in which {@code `code`} is marked. */
    static String of(String text) {
        return CODE.matcher(HtmlUtils.htmlEscape(text)).replaceAll("<code>$1</code>");
    }

    static String code(String text) {
        return "<code>" + HtmlUtils.htmlEscape(text) + "</code>";
    }

    static String link(String id, String text) {
        return "<a href=\"#%s\">%s</a>".formatted(HtmlUtils.htmlEscape(id), HtmlUtils.htmlEscape(text));
    }

    /** @param inner HTML */
    Html element(String tag, String inner) {
        html.append('<').append(tag).append('>').append(inner).append("</");
        html.append(tag.split(" ", 2)[0]).append(">\n");
        return this;
    }

    /** One that can be linked to. @param inner HTML */
    Html target(String tag, String id, String inner) {
        return element(tag + " id=\"" + HtmlUtils.htmlEscape(id) + '"', inner);
    }

    /** @param rows cells of HTML; a table without rows is none */
    Html table(String heading, List<List<String>> rows) {
        if (rows.isEmpty()) {
            return this;
        }
        element("h4", of(heading));
        html.append("<table>\n");
        rows.forEach(row -> element("tr", "<td>" + String.join("</td><td>", row) + "</td>"));
        html.append("</table>\n");
        return this;
    }

    Html append(String more) {
        html.append(more);
        return this;
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
