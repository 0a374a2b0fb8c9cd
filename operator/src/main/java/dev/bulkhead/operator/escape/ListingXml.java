package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Lists in S3's answers. Nothing that a document names is ever fetched. */
@Pure
final class ListingXml {
    private ListingXml() {}

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

    /**
     * All elements of these names.
     *
     * @throws XMLStreamException when the text is no XML
     */
    static List<Listed> entries(String body, Set<String> elements) throws XMLStreamException {
        List<Listed> entries = new ArrayList<>();
        XMLStreamReader reader = reader(body);
        while (reader.hasNext()) {
            if (reader.next() == XMLStreamConstants.START_ELEMENT && elements.contains(reader.getLocalName())) {
                entries.add(entry(reader));
            }
        }
        return entries;
    }

    private static Listed entry(XMLStreamReader reader) throws XMLStreamException {
        String element = reader.getLocalName();
        Map<String, String> values = new LinkedHashMap<>();
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

    /** The text of the first element of that name. */
    static Optional<String> first(String body, String element) throws XMLStreamException {
        XMLStreamReader reader = reader(body);
        while (reader.hasNext()) {
            if (reader.next() == XMLStreamConstants.START_ELEMENT
                    && reader.getLocalName().equals(element)) {
                return Optional.of(reader.getElementText());
            }
        }
        return Optional.empty();
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
