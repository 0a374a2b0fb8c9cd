package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A document of S3's that was read, in one go. Nothing that a document names is ever fetched.
 *
 * @param root name of its outermost element
 * @param values texts of the elements right below that, by name
 * @param entries the elements below it that were asked for
 */
@Pure
record ListingXml(String root, Map<String, String> values, List<Listed> entries) {
    /**
     * One thing that is listed.
     *
     * @param element such as {@code Version}
     * @param values texts of the elements in it, by name
     */
    record Listed(String element, Map<String, String> values) {
        String value(String name) {
            return values.getOrDefault(name, "");
        }
    }

    /** The text of an element right below the root; empty where there is none. */
    String value(String name) {
        return values.getOrDefault(name, "");
    }

    /**
     * Reads it.
     *
     * @param elements names of what is listed
     * @throws XMLStreamException when the text is no XML
     */
    static ListingXml read(String body, Set<String> elements) throws XMLStreamException {
        XMLStreamReader reader = reader(body);
        while (reader.next() != XMLStreamConstants.START_ELEMENT) {
            // What stands before the root.
        }
        String root = reader.getLocalName();
        Map<String, String> values = new HashMap<>();
        List<Listed> entries = new ArrayList<>();
        while (reader.hasNext()) {
            if (reader.next() == XMLStreamConstants.START_ELEMENT) {
                boolean listed = elements.contains(reader.getLocalName());
                Listed entry = entry(reader);
                if (listed) {
                    entries.add(entry);
                } else {
                    values.putIfAbsent(entry.element(), entry.value(entry.element()));
                }
            }
        }
        return new ListingXml(root, values, entries);
    }

    private static Listed entry(XMLStreamReader reader) throws XMLStreamException {
        String element = reader.getLocalName();
        Map<String, String> values = new HashMap<>();
        StringBuilder text = new StringBuilder();
        for (int depth = 1; depth > 0; ) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    depth++;
                    text.setLength(0);
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(reader.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    depth--;
                    values.putIfAbsent(reader.getLocalName(), text.toString());
                    text.setLength(0);
                }
                default -> {}
            }
        }
        return new Listed(element, values);
    }

    private static XMLStreamReader reader(String body) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        return factory.createXMLStreamReader(
                new ByteArrayInputStream(body.getBytes(StandardCharsets.ISO_8859_1)), "UTF-8");
    }
}
