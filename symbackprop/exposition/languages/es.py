"""The story in Spanish."""

from __future__ import annotations

from symbackprop.exposition.languages import LANGUAGES, Language
from symbackprop.exposition.languages.es_clauses import CLAUSES
from symbackprop.exposition.languages.es_help import HELP

SENTENCES = {
    # what a format says itself
    "title": "La retropropagación en una red {shape}",
    "word.figure": "Figura",
    "word.table": "Tabla",
    "word.otherwise": "en otro caso",
    "word.picture": "Figura",
    "word.input": "entrada",
    "word.layer": "capa",
    # formulas read aloud
    "word.spoken.equals": "es igual a",
    "word.spoken.is defined as": "se define como",
    "word.spoken.becomes": "pasa a ser",
    "word.spoken.leads to": "lleva a",
    "word.spoken.is about": "es aproximadamente",
    "word.spoken.differs from": "es distinto de",
    "word.spoken.is greater than": "es mayor que",
    "word.spoken.is at least": "es mayor o igual que",
    "word.spoken.is less than": "es menor que",
    "word.spoken.is at most": "es menor o igual que",
    "word.spoken.and": "y",
    "word.spoken.or": "o",
    "word.spoken.not": "no",
    "word.spoken.times": "por",
    "word.spoken.by": "por",
    "word.spoken.correlated": "correlacionado con",
    "word.spoken.spaced by": "con los elementos a distancia",
    "word.spoken.every": "un elemento de cada",
    "word.spoken.entrywise": "por, elemento a elemento,",
    "word.spoken.partial": "parcial",
    "word.spoken.nabla": "nabla",
    "word.spoken.infinity": "infinito",
    "word.spoken.ones": "el vector de unos",
    "word.spoken.no case": "ningún caso",
    "word.spoken.group": "abre paréntesis {0} cierra paréntesis",
    "word.spoken.bracket": "abre corchete {0} cierra corchete",
    "word.spoken.absolute": "el valor absoluto de {0}, fin del valor absoluto",
    "word.spoken.norm": "la norma de {0}, fin de la norma",
    "word.spoken.rounded up": "{0}, redondeado hacia arriba,",
    "word.spoken.modulo": "módulo",
    "word.spoken.rounded down": "{0}, redondeado hacia abajo,",
    "word.spoken.squared": "{0} al cuadrado",
    "word.spoken.cubed": "{0} al cubo",
    "word.spoken.plus": "más {0}",
    "word.spoken.minus": "menos {0}",
    "word.spoken.layer": "{0} de la capa {1}",
    "word.spoken.sub": "{0} sub {1}",
    "word.spoken.power": "{0} elevado a {1}",
    "word.spoken.entry power": "{0} con cada elemento elevado a {1}",
    "word.spoken.prime": "{0} prima",
    "word.spoken.transposed": "{0}, traspuesta,",
    "word.spoken.capital": "{0} mayúscula",
    "word.spoken.over": "{0} sobre {1}",
    "word.spoken.fraction": "la fracción {0} sobre {1}, fin de la fracción",
    "word.spoken.derivative": "la derivada respecto de {0} de {1}",
    "word.spoken.gradient": "el gradiente de {1} respecto de {0}",
    "word.spoken.root": "la raíz cuadrada de {0}, fin de la raíz",
    "word.spoken.whole sum": "la suma sobre {0} de {1}",
    "word.spoken.sum": "la suma sobre {0} desde {1} hasta {2} de {3}",
    "word.spoken.end of sum": "{0}, fin de la suma,",
    "word.spoken.of": "{0} de {1}",
    "word.spoken.if": "{0} si {1}",
    "word.spoken.cases": "por casos: {0}; fin de los casos",
    "word.spoken.framed": "recuadro {0}, fin del recuadro,",
    "word.spoken.matrix": "la matriz de filas {0}; fin de la matriz",
    "thousands": "\u202f",  # the thin space that the Real Academia asks for
    "decimal": ",",
    "quoted": "«…»",
    "and": "y",
    "to": "a",
    # what a page says itself
    "page.skip": "Ir al texto",
    "page.contents": "Contenido",
    "page.theme": "Claro / oscuro",
    "page.live.title": "Otros números",
    "page.live": "Escriba otros números: todo lo que se sigue de ellos, en las figuras y en las líneas, se calcula "
    "aquí, en esta página, con las ecuaciones deducidas.",
    "page.live.all": "Todos los números que se calculan",
    "page.live.refused": "Lo que está marcado no es un número; hasta que lo sea, vale el número anterior.",
    "page.live.unknown": "Aquí no se pueden escribir otros números: esta página no conoce una de las funciones.",
    "page.live.large": "Aquí no se pueden escribir otros números: {fields} campos, de los que se siguen {numbers} "
    "números, son demasiados para una página. Con tamaños menores, la página los tiene.",
    "page.copy": "Copiar esta fórmula",
    "page.copy.latex": "Copiar LaTeX",
    "page.copy.mathml": "Copiar MathML",
    "page.copied": "Copiado",
    "page.copy.failed": "No se ha copiado: el navegador no lo permite",
    "page.formula": "Fórmula más ancha que la página: desplácese a los lados",
    # what a deck says itself
    "deck.notes": "notas",
    "deck.next": "A continuación",
    "deck.blocked": "El navegador no deja abrir la ventana de quien presenta; permítala para este archivo.",
    # what is told about one part of the picture
    "path.hint": "Señale una conexión, una neurona o un sesgo b, o llegue hasta ellos con el tabulador: se ilumina su "
    "camino hasta el coste. Debajo aparecen los eslabones del camino, cada uno con su valor y con cuántos hay como él "
    "entre capas enteras. Un clic lo deja fijo.",
    "path.panel": "La parte elegida y su camino hasta el coste",
    "path.chain": "{title}: los eslabones que llevan hasta el coste, cada uno con su valor y con la forma de su capa",
    "path.shape": "capas enteras:",
    "path.w": "Peso de la neurona {k} de la capa {before} a la neurona {j} de la capa {layer}",
    "path.w.first": "Peso de la entrada {k} a la neurona {j} de la capa {layer}",
    "path.b": "Sesgo de la neurona {j} de la capa {layer}",
    "path.a": "Error de la neurona {j} de la capa {layer}",
    "path.x": "Entrada {k}",
    "path.product": "los eslabones a lo largo del camino, multiplicados",
    "path.sum": "en cada camino, el producto de sus eslabones; los caminos se suman",
    "path.input": "con los errores de la capa {layer}",
    "path.by": "según {name}; en toda la capa hay {shape}",
    "path.error": "según {name}",
    "path.assuming": "según {name}, pues {assumption}",
    # 1 the network
    "opening": "Una red neuronal convierte números en números mediante muchos pasos pequeños, y un *coste* mide "
    "cuánto se aparta el resultado de lo que debería haber sido. Aprender es reducir el coste; por eso, para cada "
    "parámetro hay que responder a una pregunta: si lo variamos un poco, ¿cuánto cambia el coste? Este texto la "
    "responde para los {count} pesos y sesgos de una red {shape}. Basta una herramienta, la regla de la cadena, "
    "aplicada eslabón a eslabón. Cada línea se deduce de la anterior y cada uno de esos pasos se ha comprobado; la "
    "sección {section:evidence} explica cómo.",
    "section.network": "La red",
    "network.parts": "La figura se lee de izquierda a derecha. Entra {x}. Cada neurona suma lo que le llega, "
    "multiplicado en cada caso por el *peso* de la conexión, añade un *sesgo* propio y aplica al resultado su "
    "*función de activación*. Lo que entrega la última capa se compara con el objetivo {y}, y de esa "
    "comparación resulta un solo número: el coste {C}.",
    "figure.network": "La red {shape}. Las líneas gruesas son todos los caminos por los que el peso {w} llega al "
    "coste: primero a través de una sola neurona, después a través de todas las que la siguen.",
    "figure.network.slide": "En grueso, todos los caminos por los que el peso {w} llega al coste.",
    "figure.network.flat": "La red {shape}. La línea gruesa es el camino por el que el peso {w} llega al coste.",
    "figure.network.flat.slide": "En grueso, el camino por el que el peso {w} llega al coste.",
    "alt.network": "Una red con capas de {widths} neuronas, desde la entrada, a la izquierda, hasta el coste, a la "
    "derecha. Destacadas: la conexión de la entrada {k} con la neurona {j} de la capa {layer} y todas las conexiones "
    "posteriores.",
    "network.usual": "Las letras son las de los libros de texto.",
    "network.source": "Las letras, y el lugar que ocupan, son las de {source}.",
    "network.first": "La entrada cuenta como una capa más, la de {first}.",
    "network.letters": "Un superíndice entre paréntesis es siempre el número de una capa, nunca una potencia.",
    "network.letters.[l]": "Un superíndice entre corchetes es siempre el número de una capa, nunca una potencia.",
    "network.letters.l": "El superíndice de una magnitud, como en {example}, es siempre el número de una capa, nunca "
    "una potencia; las potencias van fuera de un paréntesis.",
    "network.letters._l": "El subíndice {l} de una magnitud, como en {example}, es el número de una capa; lo que sigue "
    "a la coma numera sus elementos.",
    "header.letter": "Letra",
    "header.meaning": "Significado",
    "letter.l": "una capa; {L} es la última: aquí, {number}",
    "letter.n": "número de neuronas de la capa {l}",
    "letter.w": "peso de la conexión de la neurona {k} de la capa {before} con la neurona {j} de la capa {l}",
    "letter.b": "sesgo de la neurona {j} de la capa {l}",
    "letter.z": "suma ponderada: lo que recibe la neurona {j} de la capa {l}, incluido su sesgo",
    "letter.a": "activación: lo que entrega la neurona {j} de la capa {l}; si {zero}, es la entrada {input}",
    "letter.code": "; en el código: {names}",
    "letter.output": "salida: lo que entrega la neurona {j} de la última capa",
    "letter.J.mean": "coste de un lote: la media de los costes de sus {m} muestras",
    "letter.J.sum": "coste de todas las muestras: la suma de los costes de las {m}",
    "letter.y": "objetivo: lo que debería entregar la neurona {j} de la última capa",
    "letter.C": "coste de una muestra",
    "letter.delta": "error de la neurona {j} de la capa {l}; se introduce en la sección {section:error}",
    "header.layer": "Capa",
    "header.neurons": "Neuronas",
    "header.activation": "Activación",
    "header.weights": "Pesos",
    "header.biases": "Sesgos",
    "cell.input": "(entrada)",
    "network.count": "Cada neurona tiene un peso por cada neurona de la capa anterior, y un sesgo. En total, son "
    "{count} los números que hay que aprender:",
    # 2 forward
    "section.forward": "Hacia delante: el coste como composición",
    "forward.recipe": "Para calcular la salida se recorren las capas desde {first} hasta {last}, con {x} como "
    "entrada, y en cada una se hacen las mismas dos operaciones; al final se calcula el coste:",
    "remark.z": "suma ponderada, en todas las capas",
    "remark.a": "activación, en todas las capas",
    "remark.a.layer": "activación, en la capa {layers}",
    "remark.a.layers": "activación, en las capas {layers}",
    "remark.cost": "coste de una muestra",
    "forward.where": "Las funciones son:",
    "forward.slopes": "En las derivadas que siguen quedan estas pendientes:",
    "forward.erf": "Aquí erf es la función error de Gauss, que vale 0 en 0 y tiene esta derivada:",
    "function.sigmoid": "sigmoide",
    "function.tanh": "tangente hiperbólica",
    "function.relu": "rectificador",
    "forward.composition": "Al sustituir unas ecuaciones en otras, el coste resulta ser una función de una función de "
    "una función. A través de la última capa, con {W} para la matriz de todos sus pesos y con {b}, {z} y {a} sin "
    "índice para todas sus neuronas a la vez:",
    "forward.whole": "Y {a} es, a su vez, otra composición semejante. Hasta llegar a la entrada:",
    "forward.path": "Los parámetros están en el interior. Si variamos un poco {w}, se mueve primero la suma "
    "ponderada en la que interviene, después la activación de esa neurona, luego todo lo que viene detrás y, al "
    "final, {C}. Ese es el camino grueso de la figura.",
    "forward.short": "Sin nombres intermedios, el coste de una red tan pequeña como esta es ya una fórmula que nadie "
    "querría derivar de una vez, ni hace falta:",
    "forward.long": "Sin nombres intermedios, el coste de esta red sería una fórmula de {count} operaciones. Nadie "
    "deriva algo así de una vez, ni hace falta.",
    # 3 chain rule
    "section.chain": "La regla de la cadena",
    "chain.gears": "Tres engranajes se mueven uno a otro. Mientras el primero da una vuelta, el segundo da 3; "
    "mientras el segundo da una, el tercero da 5. Un número así es una *razón de cambio*: dice cuántas veces más "
    "deprisa va el siguiente. Las letras {first}, {second} y {third} cuentan las vueltas.",
    "figure.gears": "Tres engranajes, con la razón de cambio bajo cada flecha. Del primero al tercero, las razones se "
    "multiplican: {product}.",
    "figure.gears.slide": "Del primer engranaje al tercero, las razones se multiplican: {product}.",
    "alt.gears": "Una cadena con las vueltas de tres engranajes: bajo la primera flecha, la razón 3; bajo la segunda, "
    "la razón 5; y bajo ambas, 3 por 5 igual a 15.",
    "chain.gears.product": "El tercer engranaje va, pues, 15 veces más deprisa que el primero, y no 8: a lo largo de "
    "una cadena las razones se multiplican, no se suman.",
    "chain.gears.slide": "Tres engranajes: mientras el primero da una vuelta, el segundo da 3; mientras el segundo da "
    "una, el tercero da 5. Un número así es una *razón de cambio*; {first}, {second} y {third} cuentan las vueltas.",
    "chain.gears.product.slide": "",
    "part.rates": "Un peso llega al coste eslabón a eslabón",
    "part.rates.slide": "La derivada es el producto del camino",
    "chain.rates": "Un peso llega al coste de la misma manera. Sigamos un peso de la última capa, {w}. Al variar, "
    "hace variar {z}; esta, a su vez, {a}; y esta, {C}. Cada uno de esos pasos tiene su razón de cambio, que es su "
    "derivada: cuántas veces más deprisa varía la magnitud siguiente cuando la anterior varía un poco.",
    "chain.rates.slide": "El peso {w} mueve {z}, este {a} y este {C}: cada paso con su *razón*, su derivada.",
    "figure.chain": "Un peso de la última capa en su camino hacia el coste: la figura de los engranajes, con un "
    "eslabón más. Bajo cada flecha, su razón de cambio.",
    "figure.chain.slide": "Bajo cada flecha, su razón de cambio: los engranajes, con un eslabón más.",
    "figure.chain.mixing": "Un peso de la última capa en su camino hacia el coste, por uno de sus caminos: {z} mueve "
    "todas las activaciones de la capa. Bajo cada flecha, su razón de cambio.",
    "figure.chain.mixing.slide": "Uno de sus caminos: {z} mueve todas las activaciones de la capa.",
    "alt.chain": "Una cadena que va de un peso a la suma ponderada, de esta a la activación y de esta al coste, con "
    "una derivada bajo cada una de sus tres flechas.",
    "chain.product": "Lo que vale para los engranajes vale aquí. Las razones de cambio son otras en cada punto, pero "
    "se multiplican: *La derivada de una composición es el producto de las derivadas a lo largo del camino.*",
    "chain.product.slide": "",
    "chain.paths": "Si de un parámetro al coste llegan varios caminos, cada uno aporta su producto y las "
    "aportaciones se suman. Lo necesitaremos una capa más atrás.",
    "chain.paths.slide": "Si de un parámetro al coste llegan varios caminos, sus productos se suman.",
    "chain.mixing": "La suma aparece porque en esta capa {z} influye en todas las activaciones, no solo en {a}: al "
    "coste llegan varios caminos, cada uno aporta su producto y las aportaciones se suman.",
    "chain.mixing.slide": "Varios caminos llegan al coste, y sus productos se suman.",
    # 4 links
    "section.links": "La última capa: tres eslabones",
    "links.plan": "Tres razones de cambio, pues, para el peso {w}; y cada una, por separado, es fácil.",
    "part.link.cost": "Primer eslabón: {link}",
    "link.cost": "¿Con qué rapidez cambia el coste al variar una activación? Insertamos el coste y derivamos término "
    "a término. Solo el término de la propia neurona {j} contiene {a}; la derivada de los demás es cero. Eso es justo "
    "lo que dice el corchete {bracket}: vale 1 si {i} es igual a {j}, y 0 si no.",
    "link.cost.slope": "Escrita por extenso, esta pendiente es:",
    "link.slopes.inside": "Las pendientes que aparecen en ella son, escritas por extenso:",
    "part.link.activation": "Segundo eslabón: {link}",
    "link.activation": "¿Con qué rapidez cambia una activación al variar su suma ponderada? La neurona {j} aplica "
    "{name} a {z} y a nada más, así que se trata de una derivada ordinaria, la misma en todas las capas que usan "
    "{name}.",
    "link.again": "La neurona {j} aplica {name} solo a {z}, de modo que es de nuevo una derivada ordinaria:",
    "link.mixing": "Con {name}, cada activación depende de las sumas ponderadas de toda la capa. Hay una derivada "
    "por cada par de neuronas: {i} para la activación y {j} para la suma ponderada.",
    "link.known": "Esta forma es un regalo: {a} ya se calculó en la pasada hacia delante, así que la derivada "
    "sale casi gratis.",
    "note.kink.title": "En el punto anguloso",
    "note.kink": "La derivada de {name} da un salto, y en el punto del salto no existe. Se adopta el convenio que "
    "sigue la mayoría de los programas: {values}.",
    "note.tie.title": "Donde los dos son iguales",
    "note.tie": "Donde los dos valores de un max o un min son iguales, sus pendientes pueden ser distintas. Se toma "
    "entonces la media de ambas: un convenio si el coste tiene ahí un punto anguloso, su verdadera pendiente si los "
    "trozos se unen con suavidad.",
    "part.link.input": "Tercer eslabón: {link}",
    "link.input": "¿Con qué rapidez cambia la suma ponderada al variar un parámetro? Es una suma de productos, de "
    "modo que la derivada respecto de un peso es aquello por lo que el peso está multiplicado; y el sesgo {b} se "
    "transmite tal cual.",
    "part.product": "El producto",
    "link.product": "Multiplicando los tres eslabones se obtiene la derivada del coste respecto de un peso de la "
    "última capa:",
    # 5 error
    "section.error": "Un nombre para lo que se repite",
    "error.repeats": "Para el sesgo, {b}, solo cambia el tercer eslabón: es 1 en lugar de {a}. Y todos los pesos que "
    "llegan a una misma neurona comparten los dos primeros. Lo que se repite merece un nombre:",
    "error.meaning": "Es el *error* de la neurona: la rapidez con la que cambia el coste al variar su suma ponderada. "
    "Si {z} crece un poco, {C} crece aproximadamente {delta} veces esa cantidad. En adelante lo designa la letra "
    "{delta}.",
    "part.BP1": "El error de la última capa",
    "error.last": "Sean cuales sean el coste y la función de activación {sigma} de la última capa, la regla de la "
    "cadena da:",
    "error.last.mixing": "Sean cuales sean el coste y la activación de la última capa, si en ella se mezclan las "
    "neuronas, la regla de la cadena da:",
    "error.here": "Insertamos los eslabones de la sección {section:links}, los del coste y la activación de esta red:",
    "note.simplex.title": "Lo que supone este último paso",
    "note.simplex": "El último paso usa que {assumption}: los objetivos forman una distribución sobre las "
    "clases, como ocurre con las etiquetas «one-hot». Sin esa hipótesis, el resultado es la línea anterior.",
    "part.BP34": "Los parámetros de una capa",
    "error.parameters": "Una vez conocido {delta}, sea cual sea la capa, sus parámetros están a un solo eslabón:",
    "error.reading": "En palabras: la derivada respecto de un peso es el error de la neurona a la que llega, "
    "multiplicado por la activación de la neurona de la que sale. Para un sesgo, que es un peso sobre una entrada "
    "constante igual a 1, es el propio error.",
    # 6 back
    "section.back": "Una capa hacia atrás",
    "back.idea": "En la capa anterior la cadena es la misma, solo que más larga. Pero la mayor parte ya está "
    "calculada: desde la suma ponderada de la capa siguiente en adelante, es el error de esa capa.",
    "figure.longer": "Un peso situado una capa más atrás. Los eslabones bajo la llave ya tienen nombre: {delta}.",
    "figure.longer.slide": "Los eslabones bajo la llave ya tienen nombre: {delta}.",
    "figure.longer.mixing": "Un peso situado una capa más atrás, por uno de sus caminos. Lo que sigue a {z}, por "
    "todos los caminos de la última capa, ya tiene nombre: {delta}.",
    "figure.longer.mixing.slide": "Lo que sigue a {z}, por todos sus caminos, ya tiene nombre: {delta}.",
    "alt.longer": "Una cadena que va de un peso de la última capa oculta, por su suma ponderada y su activación, a "
    "la suma ponderada y la activación de la última capa y al coste; los eslabones desde la última suma ponderada "
    "están marcados como su error.",
    "back.none": "Esta red no tiene capas ocultas, así que su deducción termina aquí. En una red más profunda la "
    "cadena sería la misma, solo que más larga, y la mayor parte ya se conocería; así es como continúa.",
    "back.link": "El eslabón nuevo es {link}. La activación {a} entra en todas las neuronas de la capa {above}, de "
    "modo que hay un camino a través de cada una, y las aportaciones se suman:",
    "back.error": "De aquí se sigue el error de la capa {l}, igual que el de la última, a partir de la activación "
    "que viene después:",
    "back.reading": "Léase como una frase: los errores de la capa siguiente regresan por las mismas conexiones por "
    "las que la señal avanzó, cada uno multiplicado por su peso, y la pendiente de la activación dice qué parte de "
    "ellos pasa.",
    "part.hidden": "Capas ocultas con {name}",
    "back.here": "En las capas ocultas que usan {name}, la derivada es la de la sección {section:links}:",
    "back.with": "Con esta derivada, el error de estas capas queda así:",
    # 7 equations
    "section.equations": "Las cuatro ecuaciones",
    "section.named": "Ecuaciones",
    "equations.general": "Esto es toda la retropropagación. En las ecuaciones generales, {sigma} representa la "
    "función de activación, sea cual sea, de la capa {l}:",
    "equations.general.named": "Esto es toda la retropropagación:",
    "header.equation": "Ecuación",
    "header.index": "Elemento a elemento",
    "header.matrix": "En matrices, una muestra",
    "header.rows": "En matrices, un lote de {m} muestras",
    "header.columns": "En matrices, un lote de {m} muestras",
    "cell.z": "suma ponderada",
    "cell.a": "activación",
    "cell.layer": "{name}, capa {layers}",
    "cell.layers": "{name}, capas {layers}",
    "table.general": "Hacia delante y hacia atrás, con cualquier coste y activaciones que actúen neurona a neurona.",
    "table.general.mixing": "Hacia delante y hacia atrás, con cualquier coste y activaciones ocultas que actúen "
    "neurona a neurona.",
    "table.general.any": "Hacia delante y hacia atrás, con cualquier coste.",
    "equations.matrix": "En la forma matricial los vectores son columnas; {gradient} reúne las derivadas del coste "
    "respecto de los elementos de {w}, cada una en el lugar de su elemento; {product} es un producto elemento a "
    "elemento.",
    "equations.rows": "Los programas calculan muchas muestras a la vez y ponen cada una en una fila. Las mayúsculas "
    "designan esos lotes y {one} es una columna de unos.",
    "equations.rows.broadcast": "Los programas calculan muchas muestras a la vez y ponen cada una en una fila. Las "
    "mayúsculas designan esos lotes; el sesgo se suma a todas las filas.",
    "equations.columns": "Los programas calculan muchas muestras a la vez; aquí cada una es una columna. Las "
    "mayúsculas designan esos lotes y {one} es una columna de unos.",
    "equations.columns.broadcast": "Los programas calculan muchas muestras a la vez; aquí cada una es una columna. Las "
    "mayúsculas designan esos lotes; el sesgo se suma a todas las columnas.",
    "equations.rows.error": "Cada fila de {delta} es el error de una muestra, obtenido del coste de esa muestra;",
    "equations.columns.error": "Cada columna de {delta} es el error de una muestra, obtenido del coste de esa muestra;",
    "equations.rows.error.whole": "Cada fila de {delta} contiene las derivadas del coste total respecto de las sumas "
    "ponderadas de una muestra;",
    "equations.columns.error.whole": "Cada columna de {delta} contiene las derivadas del coste total respecto de las "
    "sumas ponderadas de una muestra;",
    "equations.mean.parameters": "en BP3 y BP4, {C} es la media de los costes de las {m} muestras:",
    "equations.mean.errors": "{C} es la media de los costes de las {m} muestras, y la división por {m} de esa media "
    "está en los errores desde el principio:",
    "equations.mean.none": "en BP3 y BP4, {C} es la suma de los costes de las {m} muestras:",
    "equations.jacobian": "Los elementos de una matriz jacobiana cambian de una muestra a otra, así que no hay una "
    "sola matriz que sirva para todo el lote: la ecuación que contiene una se escribe para una sola muestra, como "
    "fila.",
    "table.rows": "Lo mismo para un lote, una muestra por fila.",
    "table.columns": "Lo mismo para un lote, una muestra por columna.",
    "part.here": "Para esta red",
    "equations.here": "Con el coste y las activaciones de esta red, las dos primeras quedan así:",
    "equations.power": "El círculo de {power} indica que cada elemento se eleva por separado a esa potencia.",
    "table.specific": "Los errores de esta red; BP3 y BP4 son iguales para todas.",
    "part.order": "El orden del cálculo",
    "equations.order": "Primero hacia delante, guardando cada {z} y cada {a}; después hacia atrás, una sola vez, de "
    "la última capa a la primera:",
    "reason.pass": "{name}, capa {layer}",
    "reason.pass.BP1": "{name}: primero, para {last}",
    "reason.pass.BP2": "{name}: después, para {l} desde {before} hasta {first}",
    "reason.pass.BP3": "{name}: en cada capa, en cuanto se conoce su error",
    "reason.pass.BP4": "{name}: igualmente",
    "equations.price": "Una sola pasada da las {count} derivadas, por más o menos lo que cuestan otras dos pasadas "
    "hacia delante. Medirlas variando los parámetros de uno en uno exigiría {runs} pasadas hacia delante.",
    # 8 descent
    "section.descent": "Para qué sirve el gradiente",
    "descent.idea": "El gradiente apunta hacia donde {C} crece más deprisa. Demos, pues, un paso pequeño en sentido "
    "contrario; cuán pequeño, lo dice la *tasa de aprendizaje* {eta}:",
    "reason.descent.w": "un paso en sentido contrario a la derivada",
    "reason.descent.w.value": "según BP4",
    "reason.descent.b": "lo mismo para un sesgo",
    "reason.descent.b.value": "según BP3",
    "descent.batch": "Con varias muestras, el coste es la media de los costes, y el gradiente también: se promedian "
    "las derivadas de las {m} muestras de un lote y después se da un solo paso.",
    "descent.batch.sum": "Con varias muestras, el coste es la suma de los costes, y el gradiente también: se suman las "
    "derivadas de las {m} muestras de un lote y después se da un solo paso.",
    "descent.difference": "La *retropropagación* calcula el gradiente; el *descenso por gradiente* lo usa, y no son "
    "lo mismo. Cuando una empresa examina un mal trimestre, la pregunta baja desde la dirección, por todos los "
    "departamentos, hasta cada mesa, y cada cual transmite con qué fuerza depende el resultado de quienes tiene por "
    "debajo. Esos informes son el gradiente. Lo que alguien cambie después es otra cosa: es el descenso, y los mismos "
    "informes sirven para cualquier otra manera de mejorar.",
    # 9 evidence
    "section.evidence": "Las comprobaciones",
    "evidence.how": "La deducción consta de {steps} pasos, y ninguno se ha dado por bueno sin más. En cada uno se "
    "evaluaron ambos miembros en {worlds} redes pequeñas de tamaños todos distintos, con valores al azar y con índices "
    "del primero al último, y se compararon: {points} "
    "comparaciones en total.",
    "trust.identity-tested": "exacta",
    "trust.symbolic": "simbólica",
    "trust.numeric": "numérica",
    "trust.assumed": "exacta, bajo hipótesis",
    "trust.identity-tested.meaning": "*Exacta* significa que los dos miembros dieron el mismo número racional en "
    "todos los puntos. No es una demostración, pero dos fórmulas distintas casi nunca coinciden en un punto tomado "
    "al azar, y menos aún en todos.",
    "trust.symbolic.meaning": "*Simbólica* significa que los dos miembros coincidieron con la misma exactitud en "
    "todos los puntos, en números que no son racionales: su diferencia se anuló por las leyes de las raíces, las "
    "exponenciales y los logaritmos.",
    "trust.numeric.meaning": "*Numérica* significa que coincidieron en 40 cifras, allí donde las exponenciales o los "
    "logaritmos no dejan números racionales que comparar.",
    "trust.assumed.meaning": "*Exacta, bajo hipótesis* significa exacta en puntos en los que se cumple la hipótesis "
    "indicada.",
    "header.result": "Resultado",
    "result.layer": "{name} en la capa {layers}",
    "result.layers": "{name} en las capas {layers}",
    "result.cost by activation": "primer eslabón",
    "result.activation by input": "segundo eslabón, {name}",
    "result.input by weight": "tercer eslabón, para un peso",
    "result.input by bias": "tercer eslabón, para un sesgo",
    "result.last weight": "el producto de los eslabones",
    "result.error to activation": "el eslabón entre dos capas",
    "header.steps": "Pasos",
    "header.points": "Comparaciones",
    "header.trust": "Coincidencia",
    "table.results": "Lo que se ha deducido y lo que respalda el más débil de los pasos de cada resultado.",
    "header.rule": "Regla",
    "table.rules": "Las reglas por las que una línea se sigue de otra.",
    "evidence.conditions": "El resultado vale en estas condiciones:",
    "header.condition": "Condición",
    "condition.sums to one": "los objetivos de una muestra suman 1",
    "condition.differentiable": "derivable dondequiera que se evalúe",
    "condition.positive": "la base de una potencia por una letra, salvo que esta sea un número entero",
    "condition.kink": "un convenio, donde salta la derivada de {f}",
    "table.conditions": "Lo que la deducción supone.",
    "evidence.numbers": "Y los números: el gradiente calculado con estas ecuaciones se comparó con gradientes "
    "obtenidos de otras maneras.",
    "check.hand-written NumPy": "la retropropagación escrita a mano",
    "check.central differences": "diferencias del coste",
    "check.central differences, 1050 digits": "diferencias del coste, con 1050 cifras",
    "check.JAX, forward alone": "lo que halla JAX con solo las ecuaciones hacia delante",
    "check.PyTorch, forward alone": "lo que halla PyTorch con solo las ecuaciones hacia delante",
    "check.complex steps": "pasos en la dirección imaginaria",
    "check.composed cost, 50 digits": "el coste compuesto, con 50 cifras",
    "check.single derivatives": "derivadas sueltas, desarrolladas, con 50 cifras",
    "check.trainers, step by step": "los pasos de los dos entrenamientos",
    "check.slopes at kinks": "las pendientes en los puntos angulosos",
    "check.both sides of every case": "los dos lados de cada distinción de casos",
    "header.compared": "Comparado con",
    "header.error": "Mayor error relativo",
    "header.tolerance": "Admitido",
    "header.verdict": "Prueba",
    "verdict.ok": "superada",
    "verdict.failed": "NO SUPERADA",
    "table.numbers": "El gradiente frente a testigos independientes.",
    # a worked example
    "example.title": "Un ejemplo resuelto: una muestra en una red {shape}",
    "example.title.batch": "Un ejemplo resuelto: un lote de muestras en una red {shape}",
    "example.opening": "Aquí se hace la retropropagación una vez, a mano. Una muestra avanza por una red {shape}, su "
    "error regresa y cada peso y cada sesgo recibe su derivada. Cada línea es una fórmula de la deducción, después la "
    "misma fórmula con números y, por último, su valor.",
    "example.opening.batch": "Aquí se hace la retropropagación una vez, a mano, con un lote de {count} muestras. Cada "
    "una avanza por una red {shape} y su error regresa; juntas dan el coste y su derivada respecto de cada peso y cada "
    "sesgo. Cada línea es una fórmula de la deducción, después la misma fórmula con números y, por "
    "último, su valor.",
    "example.rounding": "Los números se redondean al mostrarlos, a {digits} cifras significativas, y *en ningún otro "
    "momento*: cada valor se calcula a partir de números sin redondear, así que su última cifra puede diferir de la "
    "que darían los mostrados. El signo ≈ indica que se han omitido cifras; el signo =, que no se ha omitido ninguna.",
    "example.title.program": "Un ejemplo resuelto: {what}",
    "example.opening.program": "Aquí la retropropagación se hace una vez, a mano. Los números van hacia delante por "
    "las ecuaciones, arreglo por arreglo, y las derivadas vuelven. De cada arreglo se desarrolla un elemento: su "
    "fórmula, la misma fórmula con números y su valor. Después vienen todos sus números.",
    "example.layer.smaller": "Capa {layer}: {what}; aquí con tamaños menores",
    "section.example-given": "Los datos",
    "example.network": "La red es la de la figura.",
    "example.sample": "La muestra consta de la entrada {x} y el objetivo {y}:",
    "example.sample.batch": "Sus {count} muestras, una debajo de otra, cada una con su entrada {x} y su objetivo {y}:",
    "example.parameters": "Sus pesos y sesgos son, capa por capa:",
    "example.rate": "Para el descenso por gradiente, la tasa de aprendizaje será {rate}.",
    "section.example-forward": "Hacia delante",
    "example.forward": "De la primera capa a la última, cada neurona hace las mismas dos operaciones.",
    "example.forward.batch": "Cada muestra avanza por sí sola, con los mismos pesos: en su parte, las letras designan "
    "sus propios números. De la primera capa a la última, cada neurona hace las mismas dos operaciones.",
    "example.forward.program": "Cada arreglo se calcula a partir de los anteriores.",
    "example.many": "Tiene {count} elementos; los primeros son estos:",
    "part.example-layer": "Capa {layer}",
    "part.example-layer.batch": "Muestra {sample}, capa {layer}",
    "example.z": "Suma lo que le llega, multiplicado en cada caso por su peso, y su sesgo:",
    "example.a": "Después aplica {name}:",
    "example.whole": "Toda la capa de una vez, con matrices:",
    "part.example-cost": "El coste",
    "part.example-cost.batch": "Muestra {sample}, el coste",
    "part.example-mean": "La media de los costes",
    "example.mean": "{C}, coste de un lote, es la media de los costes de sus muestras:",
    "part.example-sum": "La suma de los costes",
    "example.sum": "{C}, coste de un lote, es la suma de los costes de sus muestras:",
    "example.cost": "Lo que entrega la última capa se compara con el objetivo. El coste {C} de esta muestra es:",
    "example.nothing": "Lo que no se desea no cuesta nada: x ln x tiende a 0 con x, y así cuenta donde x es 0:",
    "section.example-backward": "Hacia atrás",
    "example.backward.program": "Ahora, del último arreglo al primero: la derivada de {C} respecto de cada uno, con la "
    "ecuación que se dedujo para él.",
    "example.backward": "Ahora, de la última capa a la primera: en cada una, los errores {delta} de sus neuronas y, "
    "con ellos, las derivadas respecto de sus sesgos y pesos. Cuatro ecuaciones dicen cómo, en cualquier red con "
    "activaciones de esta clase:",
    "example.backward.batch": "Ahora, de la última capa a la primera, con cada muestra por sí sola: en cada capa, "
    "los errores {delta} de sus neuronas y, con ellos, lo que esta muestra aporta a las derivadas de sesgos y pesos. "
    "Cuatro ecuaciones dicen cómo, en cualquier red con activaciones de este tipo, para el coste de una muestra:",
    "example.own": "A continuación, BP1 y BP2 se escriben con el coste y las activaciones de esta red.",
    "example.error.last": "Los errores de la última capa, según BP1:",
    "example.error": "Los errores, según BP2, a partir de los de la capa {above}:",
    "example.BP3": "La derivada respecto de un sesgo es el error, según BP3:",
    "example.BP4": "La derivada respecto de un peso es el error multiplicado por la activación que entra, según BP4:",
    "part.numbers-forward": "Hacia delante: las activaciones",
    "part.numbers-forward.slide": "Hacia delante, cada neurona tiene su número",
    "part.numbers-back": "Hacia atrás: los errores",
    "part.numbers-back.slide": "Hacia atrás, cada error sale de los siguientes",
    "part.numbers-zoom": "Un error, de lejos y de cerca",
    "part.numbers-zoom.slide": "Una ecuación, de las letras a los números",
    "part.numbers-product": "La derivada: un producto",
    "part.numbers-product.slide": "También los números del camino se multiplican",
    "part.numbers-forward.entries": "Hacia delante: un elemento de cada arreglo",
    "part.numbers-back.entries": "Hacia atrás: los errores",
    "part.numbers-zoom.entries": "Un error, de lejos y de cerca",
    "part.numbers-product.entries": "La derivada: un producto",
    "part.numbers-sum.entries": "La derivada: una suma sobre todos los caminos",
    "numbers.smaller": "Con sus propios tamaños el programa calcula {count} números, demasiados para seguirlos. Las "
    "ecuaciones valen para todos los tamaños; aquí estos son menores: {sizes}.",
    "numbers.smaller.slide": "Las mismas ecuaciones con tamaños menores: {sizes}.",
    "numbers.none": "Este programa calcula {count} números, demasiados para seguirlos por un camino, y sus tamaños "
    "están escritos como números. En un archivo donde sean letras, con una línea como «sizes N = 784», se toman otros "
    "menores; «symbackprop derive ARCHIVO --only numbers» los muestra.",
    "numbers.entries.forward": "Con números se ve el camino. Los números se han elegido al azar, y la figura sigue a "
    "{w} hasta el coste: cada arreglo del camino muestra el elemento por el que este pasa.",
    "numbers.entries.forward.slide": "Los números se han elegido al azar. En el camino de {w}, cada arreglo "
    "muestra un elemento:",
    "numbers.entries.back": "Hacia atrás, cada arreglo muestra la derivada del coste respecto de ese elemento; de "
    "derecha a izquierda, cada una se forma con las siguientes.",
    "numbers.entries.back.slide": "Hacia atrás, cada arreglo muestra la derivada respecto de ese elemento:",
    "numbers.entries.product": "De {w} un solo camino lleva al coste. La derivada es el producto de sus números:",
    "numbers.entries.one": "De {w} varios caminos llevan al coste, y la derivada es la suma de lo que da cada uno. En "
    "este camino, el producto es:",
    "numbers.entries.one.slide": "De {w} varios caminos llevan al coste. En uno de ellos el producto es:",
    "numbers.entries.all": "La derivada es la suma de todos ellos:",
    "numbers.zoom": "Cómo se forma un error con los que lo siguen, de lejos y de cerca; el mismo factor tiene el "
    "mismo color en todas las líneas.",
    "numbers.zoom.general": "para cada elemento",
    "numbers.zoom.matrix": "para todo el arreglo a la vez",
    "numbers.zoom.entry": "para un elemento: un término por cada camino hacia el coste",
    "figure.entries.forward": "Un elemento hacia delante: cada arreglo de su camino con el número de un elemento.",
    "alt.entries.forward": "Los arreglos del programa; los del camino muestran un número",
    "figure.entries.back": "Hacia atrás: cada arreglo del camino con la derivada respecto de ese elemento.",
    "alt.entries.back": "Los arreglos del programa; los del camino muestran una derivada",
    "figure.entries.product": "El camino eslabón por eslabón, cada uno con su número; su producto es lo que da el "
    "camino.",
    "alt.entries.product": "Los elementos del camino en fila, con un número en cada eslabón",
    "numbers.forward": "Con números el camino se ve. Una muestra, {x} con el objetivo {y}, recorre esta red, cuyos "
    "pesos y sesgos se han sorteado. Hacia delante, cada neurona muestra su activación y el coste, su propio número; "
    "en el camino de {w}, cada conexión muestra su peso.",
    "numbers.forward.slide": "Una muestra recorre la red, con pesos y sesgos sorteados. En el camino de {w}, cada "
    "conexión muestra su peso.",
    "example.path.back.slide": "Cada neurona muestra su error {delta}. La derivada respecto de {w} es el producto de "
    "dos números: el error que tiene detrás y la entrada que tiene delante.",
    "example.zoom.slide": "El mismo factor tiene siempre el mismo color:",
    "example.path.product.slide": "La derivada respecto de {w} es el producto de los números de su camino:",
    "section.example-path": "Los números a lo largo de un camino",
    "example.path.forward.batch": "Los números de la muestra 1 en la figura. Hacia delante, cada neurona muestra su "
    "activación, y el coste, su propio número; en el camino de {w}, cada conexión muestra su peso.",
    "example.path.forward": "Los mismos números en la figura. Hacia delante, cada neurona muestra su "
    "activación, y el coste, su valor; en el camino de {w}, cada conexión muestra su peso.",
    "example.path.back": "Hacia atrás, cada neurona muestra su error {delta}: de derecha a izquierda, cada "
    "error se forma con los que tiene a su derecha, a través de los pesos que hay entre ellos.",
    "example.zoom": "Cómo se forma un error con los que lo siguen, de lejos y de cerca; el mismo factor tiene "
    "siempre el mismo color.",
    "example.zoom.general": "para cada neurona de cada capa",
    "example.zoom.matrix": "para todas las neuronas de la capa 1 a la vez",
    "example.zoom.entry": "para la neurona {j}: un término por cada camino hacia la derecha",
    "example.zoom.numbers": "con números",
    "example.path.product": "La derivada respecto del peso con que empieza el camino es el producto de los "
    "números que hay en él:",
    "figure.example.forward": "Hacia delante: la entrada, después las activaciones y, al final, el coste.",
    "figure.example.back": "Hacia atrás: los errores, de la última capa a la primera.",
    "figure.example.product": "Un número por eslabón; su producto es la derivada.",
    "alt.example.forward": "La red con la activación de cada neurona en ella y con los pesos en el camino destacado.",
    "alt.example.back": "La red con el error de cada neurona en ella y con los pesos en el camino destacado.",
    "alt.example.product": "La cadena del peso al coste, con el número de cada derivada bajo su flecha y con el"
    " producto de todos.",
    "section.example-gradient": "El gradiente",
    "part.example-mean-layer": "La media de las derivadas, capa {layer}",
    "part.example-sum-layer": "La suma de las derivadas, capa {layer}",
    "example.gradient.mean": "Una media se deriva término a término: cada derivada de {C} es la media de las que dan "
    "las muestras:",
    "example.gradient.sum": "Una suma se deriva término a término: cada derivada de {C} es la suma de las que dan "
    "las muestras:",
    "example.gradient": "{count:Esta es la derivada|Estas son las # derivadas, cada una} en el lugar de su parámetro:",
    "section.example-descent": "Descenso por gradiente",
    "example.step": "Cada parámetro da un paso en sentido contrario a su derivada, tan grande como diga la tasa de "
    "aprendizaje {eta}; para un peso y un sesgo de la última capa:",
    "example.step.program": "Cada parámetro da un paso en sentido contrario a su derivada, tan grande como diga la "
    "tasa de aprendizaje {eta}; para un elemento:",
    "example.stepped": "Después del primer paso, los parámetros son:",
    "example.again": "Paso {step}, con las derivadas en los valores nuevos:",
    "header.parameter": "Parámetro",
    "header.derivative": "Derivada",
    "header.old": "Valor anterior",
    "header.new": "Valor nuevo",
    "table.example.step": "Paso {step}: todos los parámetros, antes y después.",
    "example.costs": "El coste de la muestra era {old} al principio; ahora es {new}.",
    "example.costs.batch": "Al principio {C} era {old}; ahora es {new}.",
    "header.step": "Paso",
    "header.cost": "Coste",
    "table.example.costs": "El coste tras cada paso.",
    "example.evidence": "Los {count} números en los que se basa este texto son valores de las ecuaciones deducidas, "
    "exactos si son racionales y, si no, con {digits} cifras; cada error se ha calculado con cada una de las líneas de "
    "su deducción, con el mismo resultado.",
    "example.evidence.program": "Los {count} números que hay detrás de este texto son valores de las ecuaciones "
    "deducidas, exactos donde son racionales y con {digits} cifras en los demás casos.",
    "example.checks": "El gradiente se ha calculado también de otras maneras, que nada saben de estas ecuaciones:",
    # exercises
    "exercise.sheet": "Ejercicio{number}: {about}",
    "exercise.key": "Soluciones del ejercicio{number}: {about}",
    "exercise.about.compute": "números hacia delante y hacia atrás",
    "exercise.about.line": "huecos en una derivación",
    "exercise.about.mistake": "encontrar el error",
    "exercise.about.order": "líneas en orden",
    "exercise.opening.compute": "Lleve los datos hacia delante por la red y el error hacia atrás, a mano. Cada "
    "recuadro tiene el número de su pregunta: es el número que se pide.",
    "exercise.opening.line": "Estas líneas se han tomado de la derivación del gradiente. A cada una le falta una "
    "parte: escríbala en el recuadro, que tiene el número de su pregunta.",
    "exercise.opening.mistake": "Alguien ha escrito cómo vuelve el error por esta red, y una línea es falsa. "
    "Encuéntrela, diga qué es lo correcto y por qué.",
    "exercise.opening.order": "Las líneas de una derivación se han desordenado, pero las razones siguen en su orden. "
    "Escriba la letra de cada línea en el recuadro que hay junto a la razón por la que se sigue.",
    "exercise.opening.key.compute": "Los números son los de las preguntas. Cada respuesta es una fórmula, la misma "
    "fórmula con números y su valor.",
    "exercise.opening.key.line": "Los números son los de las preguntas. Lo que faltaba está en un recuadro; también es "
    "correcto todo lo que sea igual en ese lugar.",
    "exercise.opening.key.mistake": "Los números son los de las preguntas. La línea falsa está encima de lo que "
    "debería haber sido; donde son distintas llevan color.",
    "exercise.opening.key.order": "Los números son los de las preguntas. Cada línea está en su sitio.",
    "exercise.question": "Pregunta {number}",
    "section.exercise-questions": "Preguntas",
    "section.exercise-key": "Respuestas",
    "exercise.forward": "Hacia delante calcula:",
    "exercise.letters.sigma": "En lo que sigue, {sigma} representa la función de activación, sea cual sea, de la capa "
    "{l}.",
    "exercise.letters.delta": "El error {delta} de una neurona es la derivada del coste respecto de su suma ponderada "
    "{z}.",
    "exercise.letters.ends": "La capa {l} tiene {n} neuronas; la capa {zero} da la entrada {x}, y la última, {L}, "
    "da {a}.",
    "exercise.rounded": "Redondee a {digits} cifras significativas lo que da cada fórmula, también la respuesta, pero "
    "nada dentro de una fórmula. Una respuesta puede desviarse tanto como la mueva ese redondeo.",
    "exercise.short": "Ningún número del camino, ni hacia delante ni hacia atrás, tiene más de {decimals} decimales: "
    "no hay nada que redondear.",
    "exercise.short.one": "Ningún número del camino, ni hacia delante ni hacia atrás, tiene más de un decimal: no hay "
    "nada que redondear.",
    "exercise.whole": "Todos los números del camino, hacia delante y hacia atrás, son enteros: no hay nada que "
    "redondear.",
    "exercise.tolerance": "puede desviarse {tolerance}",
    "exercise.z": "Calcule esta suma ponderada.",
    "exercise.a": "Calcule esta activación.",
    "exercise.C": "Calcule el coste.",
    "exercise.delta": "Calcule el error de esta neurona: la derivada del coste respecto de su suma ponderada.",
    "exercise.b": "Calcule la derivada del coste respecto de este sesgo.",
    "exercise.w": "Calcule la derivada del coste respecto de este peso.",
    "exercise.value": "Calcule este elemento.",
    "exercise.gradient": "Calcule la derivada del coste respecto de este elemento.",
    "exercise.sizes": "Los tamaños son {sizes}.",
    "exercise.upstream": "No se dice cómo se calcula {C} a partir de las salidas: se dan sus derivadas respecto de "
    "ellas.",
    "exercise.arrays": "Se dan estas matrices y vectores:",
    "exercise.slip.factor": "Falta un factor.",
    "exercise.slip.term": "Falta un término.",
    "exercise.slip.sign": "Hay un signo cambiado.",
    "exercise.slip.function": "Falta una función.",
    "exercise.slip.power": "Falta una potencia.",
    "exercise.slip.indices": "Dos índices están intercambiados.",
    "exercise.line.link": "¿Qué derivada va en el recuadro?",
    "exercise.line.factor": "¿Qué factor va en el recuadro?",
    "exercise.line.index": "¿Qué índice va en el recuadro?",
    "exercise.line.layer": "¿Qué capa va en el recuadro?",
    "exercise.line.matrix": "La misma ecuación está escrita elemento a elemento y después con las matrices enteras. "
    "¿Cuál de ellas va en el recuadro, y está traspuesta?",
    "exercise.line.number": "¿Qué número va en el recuadro?",
    "exercise.mistake": "¿Qué línea es falsa?",
    "exercise.mistake.wrong": "falsa",
    "exercise.mistake.right": "correcta",
    "exercise.order": "¿Qué línea va en cada recuadro?",
    "exercise.letters": "Del primer recuadro al último: {letters}.",
    # reasons: a rule in general, and what it does in a particular chain
    "rule.chain-rule": "regla de la cadena",
    "rule.name": "se pone un nombre, o se desarrolla",
    "rule.leave-out": "del coste, solo estos términos lo contienen",
    "rule.insert-forward": "se sustituye la ecuación hacia delante",
    "rule.differentiate": "se deriva",
    "rule.collapse-delta": "solo queda el término en que el corchete vale 1",
    "rule.restore-known": "se recupera lo ya calculado hacia delante",
    "rule.write-out": "se escribe la definición",
    "rule.substitute-result": "se sustituye un resultado anterior",
    "rule.arrange": "se simplifica",
    "rule.assume": "por hipótesis",
    "reason.cost by activation.insert-forward": "se sustituye el coste",
    "reason.activation by input.insert-forward": "se sustituye la activación",
    "reason.activation by input.differentiate": "se deriva",
    "reason.activation by input.restore-known": "en función de la activación, ya conocida",
    "reason.BP1.name": "es lo que significa el nombre",
    "reason.BP2.name": "es lo que significa el nombre",
    "reason.BP1.chain-rule": "regla de la cadena, a través de las activaciones de la capa",
    "reason.BP2.again": "como en la última capa",
    "reason.BP2.chain-rule": "regla de la cadena, a través de las activaciones de la capa",
    "reason.BP3.chain-rule": "regla de la cadena, a través de las sumas ponderadas de la capa",
    "reason.BP4.chain-rule": "regla de la cadena, a través de las sumas ponderadas de la capa",
    "reason.error to activation.chain-rule": "regla de la cadena, un camino por cada neurona de la capa siguiente",
    "reason.BP3.name": "el error tiene nombre",
    "reason.BP4.name": "el error tiene nombre",
    "reason.error to activation.name": "el error tiene nombre",
    "reason.last weight.chain-rule": "regla de la cadena: el producto a lo largo del camino",
    "rule.substitute-result.cost": "primer eslabón",
    "rule.substitute-result.activation": "segundo eslabón",
    "rule.substitute-result.activation cancelled": "segundo eslabón, del que se cancela un factor",
    "rule.substitute-result.input": "tercer eslabón",
    "rule.collapse-delta.split": "la suma se parte en dos; de la parte con el corchete queda un término",
    "reason.activation by input.write-out": "la definición, escrita y derivada",
    "reason.BP1 here.substitute-result.general": "BP1, con esta activación",
    "reason.BP2 here.substitute-result.general": "BP2, con esta activación",
    "reason.BP2.substitute-result": "la derivada recién hallada",
    "reason.BP2 here.substitute-result.activation": "la derivada de la activación",
    "rule.assume.sums to one": "pues {assumption}",
    # lo que las diapositivas muestran de un párrafo, y su título: lo que hay que llevarse
    "opening.slide": "Cada uno de los {count} pesos y sesgos de esta red influye en lo que la red hace mal. Si uno de "
    "ellos varía un poco, ¿cuánto cambia el coste?",
    "section.network.slide": "Una red termina en un solo número, el coste",
    "network.parts.slide": "Cada neurona suma lo que le llega, multiplicado por el *peso* de su conexión, y un "
    "*sesgo*; después aplica su *función de activación*. El *coste* {C} compara la salida con el objetivo {y}.",
    "part.letters": "Las letras",
    "part.letters.slide": "El superíndice (l) es una capa, no un exponente",
    "part.letters.[l]": "Las letras",
    "part.letters.[l].slide": "El superíndice [l] es una capa, no un exponente",
    "part.letters.l": "Las letras",
    "part.letters.l.slide": "El superíndice l es una capa, no un exponente",
    "part.letters._l": "Las letras",
    "part.letters._l.slide": "El subíndice l es una capa",
    "network.letters.slide": "",
    "network.letters.[l].slide": "",
    "network.letters.l.slide": "",
    "network.letters._l.slide": "",
    "letter.delta.short": "error de la neurona {j} de la capa {l}: lo rápido que cambia {C} cuando cambia {z}",
    "section.forward.slide": "Hacia delante: dos pasos por capa y el coste",
    "forward.recipe.slide": "Desde la capa {first} hasta la última, {last}, con {x} como entrada:",
    "part.functions": "Las funciones, escritas",
    "part.functions.slide": "Las funciones de activación, escritas",
    "forward.where.slide": "",
    "forward.functions": "Las funciones de esas ecuaciones son:",
    "part.composition": "Una función de una función",
    "part.composition.slide": "El coste es una larga composición",
    "forward.composition.slide": "{W} es la matriz de todos los pesos de una capa; {b}, {z} y {a} sin índice son todas "
    "sus neuronas a la vez. En la última capa:",
    "forward.whole.slide": "Hasta la entrada:",
    "forward.path.slide": "Si {w} varía un poco, se mueve su suma ponderada, después la activación de esa neurona, "
    "después todo lo que sigue y, al final, {C}.",
    "section.chain.slide": "Las razones de una cadena se multiplican",
    "links.plan.slide": "",
    "part.link.cost.slide": "Primer eslabón: el coste se mueve con la salida",
    "link.cost.slide": "¿Con qué rapidez cambia el coste cuando cambia una activación de la última capa?",
    "link.cost.slope.slide": "La pendiente que aparece es:",
    "link.slopes.inside.slide": "Sus pendientes son:",
    "part.link.activation.slide": "Segundo eslabón: la activación da su pendiente",
    "link.activation.slide": "La neurona {j} aplica {name} a {z} y a nada más: es una derivada ordinaria.",
    "link.again.slide": "La neurona {j} aplica {name} solo a {z}: otra vez una derivada ordinaria.",
    "link.mixing.slide": "Con {name}, cada activación depende de todas las sumas ponderadas de la capa. El corchete "
    "{bracket} vale 1 si {i} es igual a {j}, y 0 si no.",
    "link.known.slide": "Todo esto se calculó hacia delante: esta derivada no cuesta casi nada.",
    "part.link.input.slide": "Tercer eslabón: el peso deja pasar su entrada",
    "link.input.slide": "La suma ponderada es una suma de productos: la derivada respecto de un peso es aquello por lo "
    "que ese peso está multiplicado.",
    "part.product.slide": "Tres eslabones multiplicados dan la derivada",
    "link.product.slide": "Los eslabones entran en el producto uno tras otro:",
    "section.error.slide": "El error es el producto de dos eslabones",
    "error.repeats.slide": "Pesos y sesgo de una neurona comparten dos eslabones, su *error* {delta}: cómo varía {C} "
    "con {z}.",
    "error.meaning.slide": "",
    "error.last.slide": "Con cualquier coste y cualquier función de activación {sigma} de la última capa:",
    "error.last.mixing.slide": "Con cualquier coste y cualquier activación de la última capa que mezcle sus neuronas:",
    "part.BP3": "El sesgo",
    "part.BP3.slide": "Al sesgo le toca el propio error",
    "error.parameters.slide": "Conocido {delta}, los parámetros de su capa están a un solo eslabón:",
    "part.BP4": "El peso",
    "part.BP4.slide": "A un peso le toca el error por su entrada",
    "error.weights": "Para un peso, el último eslabón es la activación que entra por él:",
    "error.reading.slide": "",
    "section.back.slide": "Una capa más atrás, casi todo se conoce",
    "back.idea.slide": "La cadena es la misma, solo que más larga. Desde la suma ponderada de la capa siguiente es el "
    "error de esa capa.",
    "back.none.slide": "Esta red no tiene capas ocultas. En una más profunda se sigue así:",
    "part.sent": "Lo que una capa devuelve",
    "part.sent.slide": "Los errores vuelven por los pesos",
    "back.link.slide": "{a} entra en cada neurona de la capa {above}: un camino por cada una, y los caminos se suman.",
    "part.BP2": "El error de una capa",
    "part.BP2.slide": "El error de una capa viene de la siguiente",
    "back.error.slide": "Como en la última capa, pero con la derivada recién hallada:",
    "back.reading.slide": "Los errores vuelven por las conexiones; la pendiente dice cuánto pasa de ellos.",
    "part.hidden.slide": "Capas ocultas: la pendiente de {name}",
    "section.equations.slide": "La retropropagación son cuatro ecuaciones",
    "equations.meaning": "Cada una de las cuatro ecuaciones dice una sola cosa:",
    "equations.meaning.slide": "{sigma} es la función de activación de una capa. El *error* {delta} de sus neuronas "
    "dice con qué rapidez cambia {C} cuando cambian sus sumas ponderadas {z}.",
    "reason.meaning.BP1": "{name}: los últimos errores son la pendiente del coste por la de la activación",
    "reason.meaning.BP2": "{name}: los errores de la capa siguiente vuelven por los pesos",
    "reason.meaning.BP3": "{name}: al sesgo le corresponde el propio error",
    "reason.meaning.BP4": "{name}: a un peso, el error por lo que entró a través de él",
    "part.matrices": "Lo mismo, con capas enteras",
    "part.matrices.slide": "Elemento a elemento, y con capas enteras",
    "equations.matrix.slide": "Sin índices, una letra es la de una capa entera. {gradient} tiene una derivada por "
    "elemento de {w}; {product} es un producto elemento a elemento.",
    "table.backward": "Las cuatro ecuaciones, elemento a elemento y con matrices.",
    "part.here.slide": "En esta red, los errores salen de lo conocido",
    "equations.here.slide": "Con su coste y sus activaciones, las dos primeras quedan así:",
    "part.order.slide": "Una pasada hacia atrás da las {count} derivadas",
    "equations.order.slide": "Primero hacia delante, guardando cada {z} y cada {a}; después, una vez, de la última "
    "capa a la primera:",
    "equations.price.slide": "",
    "section.descent.slide": "Retropropagar da el gradiente; descender lo usa",
    "descent.idea.slide": "Todas las derivadas juntas son el *gradiente*. Un paso pequeño en sentido contrario reduce "
    "{C}; lo pequeño que es lo dice la *tasa de aprendizaje* {eta}:",
    "descent.batch.slide": "",
    "descent.batch.sum.slide": "",
    "descent.difference.slide": "",
    "evidence.line": "Cada uno de los {steps} pasos que hay detrás se ha comprobado: los dos lados coinciden en "
    "{points} puntos al azar.",
    "evidence.line.slide": "Cada uno de los {steps} pasos que hay detrás se ha comprobado con valores al azar.",
    "back.error.any": "De aquí se sigue el error de la capa {l}, igual que el de la última, a partir de la activación "
    "que viene después. Aquí {sigma} es cualquier función de activación que actúe neurona a neurona:",
    "back.error.any.slide": "Como en la última capa; {sigma} es cualquier función de activación neurona a neurona:",
    # razones cuando se omiten las líneas anteriores
    "rule.collapse-delta.brief": "se deriva; ningún otro término lo contiene",
    "rule.restore-known.brief": "se deriva y se escribe con las activaciones, ya conocidas",
    "rule.assume.brief": "se suma, por hipótesis",
    "rule.assume.sums to one.brief": "se suma, pues {assumption}",
    "reason.cost by activation.collapse-delta.brief": "se deriva: solo el término de la neurona {j} la contiene",
    "reason.input by weight.collapse-delta.brief": "se deriva: un solo término contiene este peso",
    "reason.BP1.collapse-delta.brief": "solo la neurona {j} tiene esta suma: queda la pendiente de su activación",
    "reason.BP2.collapse-delta.brief": "solo la neurona {j} tiene esta suma: queda la pendiente de su activación",
    "reason.BP3.collapse-delta.brief": "solo la suma de la neurona {j} contiene este sesgo",
    "reason.BP4.collapse-delta.brief": "solo la suma de la neurona {j} contiene este peso",
    "reason.error to activation.collapse-delta.brief": "cada suma la multiplica por un peso",
    # una página
    "sheet.title": "La retropropagación en una página: {shape}",
    "sheet.equations": "Las cuatro ecuaciones",
    "sheet.forward": "Hacia delante",
    "sheet.alike": "De las que solo difieren en las letras, la primera:",
    "sheet.backward": "Hacia atrás, en este orden",
    "sheet.passes": "Hacia delante y después hacia atrás",
    "sheet.letters": "Letras",
    "sheet.shapes": "Formas",
    "sheet.update": "Descenso por gradiente",
    "sheet.names": "{w} pesos, {b} sesgos, {z} sumas ponderadas, {a} activaciones, {y} objetivo, {C} coste, {delta} "
    "errores; capas {l} de {first} a {L}.",
    "sheet.sizes": "{w} es {n} × {before}; todo lo demás de la capa tiene {n} elementos.",
    "sheet.size": "{w}: {shape}.",
    # una derivada
    "partial.title": "Una derivada, paso a paso, en una red {shape}",
    "partial.path": "Si {w} varía un poco, así llega el cambio hasta el coste:",
    "partial.path.slide": "Si {w} varía un poco, así llega el cambio hasta el coste:",
    "figure.partial": "El camino hasta el coste. Bajo cada flecha, su razón de cambio: cuánto cambia la cantidad "
    "siguiente con un cambio pequeño de la anterior.",
    "figure.partial.slide": "Bajo cada flecha, su razón de cambio.",
    "alt.partial": "Una cadena que va del parámetro, por las cantidades de su camino, hasta el coste, con una derivada "
    "bajo cada flecha.",
    "part.partial.steps": "Los eslabones, multiplicados",
    "part.partial.steps.slide": "La derivada es el producto de los eslabones",
    "partial.steps": "Las razones de cambio del camino se multiplican; lo que viene después de la suma ponderada es su "
    "error:",
    "partial.steps.slide": "Las razones de cambio del camino se multiplican:",
    "part.partial.expanded": "Sin otras letras",
    "part.partial.expanded.slide": "Lo mismo con pesos, sesgos, entrada y objetivo",
    "partial.expanded": "Solo con pesos, sesgos, entrada y objetivo, esta derivada es:",
    "partial.expanded.slide": "Con cada error y cada activación escritos:",
    "partial.entry": "La derivada respecto de {w}",
    "partial.array": "Paso a paso, sean cuales sean los tamaños:",
    "partial.place": "En este lugar, y con los tamaños de esta red, cada suma se escribe entera:",
    "partial.place.slide": "En este lugar, con los tamaños de esta red:",
    "part.partial.given": "Solo con lo que está dado",
    "partial.given": "Con todo lo que se calcula escrito, la derivada es una sola fórmula en lo que está dado:",
    "partial.given.slide": "Con todo lo que se calcula escrito:",
    # la historia de cualquier programa
    "sheet.arrays": "Arreglos y formas",
    "title.program": "Hacia delante y hacia atrás por un programa de ecuaciones",
    "program.goal.cost": "el coste {C}",
    "program.goal.outputs": "cualquier cantidad {C} que se forme con {outputs}",
    "program.opening": "A partir de {given}, {count:una ecuación calcula|# ecuaciones calculan} {results}. Si se "
    "mueve un poco un elemento de uno de estos arreglos, ¿cuánto cambia {goal}? La regla de la cadena responde para "
    "cada arreglo, de la última ecuación a la primera, una ecuación cada vez. Cada línea se sigue de la anterior, y "
    "cada uno de esos pasos se comprobó; la sección {section:evidence} dice cómo.",
    "section.arrays": "Los arreglos",
    "arrays.picture": "Una flecha lleva de cada arreglo a lo que se calcula con él, y al final hasta {goal}. En el "
    "sentido de las flechas se calculan los valores; en sentido contrario vuelve el error.",
    "figure.program": "Qué se calcula con qué, y las formas. Las cajas redondeadas se calculan, las demás vienen "
    "dadas.",
    "figure.program.slide": "Las cajas redondeadas se calculan; las demás vienen dadas.",
    "figure.program.loop": "Qué se calcula con qué, y las formas. Las cajas redondeadas se calculan, las demás vienen "
    "dadas; una flecha discontinua lleva de un paso al siguiente.",
    "figure.program.loop.slide": "Lo redondeado se calcula; una flecha discontinua lleva de un paso al siguiente.",
    "alt.program": "Cajas para los arreglos, con flechas hacia lo que se calcula con ellos: {names}.",
    "alt.program.from": "{name} con {names}",
    "figure.part": "Solo se dibuja una parte de sus elementos.",
    "figure.part.slide": " Dibujado en parte.",
    "figure.window": "Lo que ve un elemento de {computed}: su ventana sobre {source}. El siguiente ve la ventana "
    "siguiente.",
    "figure.window.slide": "Lo que ve un elemento de {computed}: su ventana sobre {source}.",
    "alt.window": "Dos cuadrículas, {source} y {computed}: una ventana marcada en la primera y una flecha al elemento "
    "de la segunda que da.",
    "figure.window.back": "Hacia atrás: un elemento de {source} entró en estos elementos de {computed}, y de todos "
    "ellos le vuelve un error.",
    "figure.window.back.slide": "Hacia atrás: los errores de los elementos de {computed} a los que llega uno de "
    "{source}.",
    "alt.window.back": "Dos cuadrículas, {computed} y {source}: varios elementos marcados en la primera y una flecha "
    "de vuelta al de la segunda.",
    "figure.window.back.largest": "Hacia atrás: las ventanas sobre {source} en las que está uno de sus elementos "
    "dan estos elementos de {computed}; le vuelve un error solo donde fue el mayor.",
    "figure.window.back.largest.slide": "El error vuelve solo al elemento que fue el mayor de su ventana.",
    "alt.window.back.largest": "Dos cuadrículas, {computed} y {source}: elementos marcados en la primera y una flecha "
    "al de la segunda.",
    "figure.steps": "La recurrencia, paso a paso. Flechas finas: cada paso calcula {states} a partir del anterior. "
    "Flechas gruesas: el error, que vuelve de lo que se hace con un paso y del paso siguiente.",
    "figure.steps.slide": "Flechas finas: valores, paso a paso. Flechas gruesas: el error, que vuelve por el tiempo.",
    "alt.steps": "Una fila de cajas para {states}, una por paso de tiempo, con flechas de cada una a la siguiente y "
    "errores de vuelta.",
    "figure.rows": "Lo mismo se calcula varias veces en paralelo, cada vez con números propios; {readers} reúne los "
    "resultados.",
    "figure.rows.slide": "En paralelo, cada vez con números propios; {readers} reúne los resultados.",
    "figure.heads": "Las cabezas en paralelo: cada una tiene consultas, claves y valores propios y da partes propias; "
    "{readers} se forma con lo que dan todas.",
    "figure.heads.slide": "Cada cabeza tiene consultas, claves y valores propios; {readers} se forma con lo que dan "
    "todas.",
    "alt.heads": "Una fila de cajas para cada cabeza, todas del mismo origen, y flechas de sus extremos a {readers}.",
    "alt.rows": "Filas de cajas en paralelo, todas del mismo origen, y flechas de sus extremos a {readers}.",
    "arrays.table": "Estos son todos:",
    "arrays.rows": "Todo se calcula con muchas muestras a la vez: lo que no se aprende tiene un primer eje para ellas, "
    "de modo que en una matriz cada muestra es una fila.",
    "arrays.columns": "Todo se calcula con muchas muestras a la vez: lo que no se aprende tiene un último eje para "
    "ellas, de modo que en una matriz cada muestra es una columna.",
    "arrays.own": "{C} es la media de los costes de las muestras. Si una matriz contiene derivadas respecto de lo que "
    "cada muestra tiene por su cuenta, son las del coste de esa muestra; la división por el número de muestras está en "
    "las derivadas respecto de lo que se aprende.",
    "arrays.numbers": "De las constantes, la red fija {numbers}.",
    "arrays.constants": "No se deriva respecto de los objetivos ni de las constantes.",
    "header.entry": "Elemento",
    "header.shape": "Forma",
    "header.kind": "Clase",
    "shape.number": "un número",
    "kind.input": "dato de entrada",
    "kind.target": "objetivo",
    "kind.parameter": "parámetro",
    "kind.constant": "constante",
    "kind.value": "calculado",
    "kind.cost": "coste",
    "section.computation": "Hacia delante: lo que se calcula",
    "computation.order": "Las ecuaciones en el orden del cálculo; cada una usa lo que está encima de ella:",
    "computation.arrays": "Donde las matrices lo dicen con la misma brevedad, debajo de la ecuación está lo mismo para "
    "arreglos enteros; un índice que queda puede tener cualquiera de sus valores.",
    "range": "para {index} de {first} a {last}",
    "computation.given": "{state} otra vez, tal como lo lee lo que viene después del bloque",
    "computation.recurrence": "Donde un arreglo está en los dos lados, sus pasos se calculan uno tras otro: cada uno "
    "necesita solo pasos que ya están.",
    "computation.composition": "Al sustituir unas ecuaciones en otras resulta una sola composición:",
    "section.rates": "La regla de la cadena, con índices",
    "rates.idea": "Un elemento que se mueve un poco mueve cada elemento que se calcula con él, cada uno con su propia "
    "razón de cambio; y cada uno de estos mueve el resultado. A lo largo de un camino las razones se multiplican, y lo "
    "que llega por caminos distintos se suma: *un término por cada elemento que lo lee*. Las sumas de abajo no dicen "
    "otra cosa.",
    "rates.idea.slide": "Un elemento mueve cada elemento que se calcula con él, y cada uno de estos mueve el "
    "resultado. En un camino las razones se multiplican; los caminos se suman: *un término por cada elemento que lo "
    "lee*.",
    "rates.first.slide": "Aquí, {entry} entra en {reader}:",
    "rates.known.slide": "De la última ecuación a la primera, cada razón se conoce antes de que haga falta, y ninguna "
    "se calcula dos veces.",
    "section.rates.slide": "Un término por cada elemento que lo lee",
    "section.arrays.slide": "Qué se calcula con qué",
    "section.computation.slide": "Hacia delante: cada ecuación usa las anteriores",
    "section.onepage.slide": "Lo que vuelve, junto a lo que fue hacia delante",
    "computation.order.slide": "",
    "computation.composition.slide": "Como una sola composición:",
    "arrays.picture.slide": "En el sentido de las flechas se calculan los valores; en sentido contrario vuelve el "
    "error.",
    "onepage.reading.slide": "",
    "rates.first": "En este programa, {entry} entra en {reader}:",
    "rates.bracket": "Dentro de una suma, solo tiene razón de cambio el término que contiene el propio elemento. El "
    "corchete {bracket} lo elige: vale 1 donde {i} es igual a {j}, y 0 en los demás casos.",
    "rates.known": "Se recorren las ecuaciones de la última a la primera. Así, la razón de cambio de lo que calcula "
    "una ecuación se conoce antes de que haga falta, y nunca se calcula dos veces: ese es todo el truco de la "
    "retropropagación.",
    "section.reverse": "Hacia atrás por las ecuaciones",
    "reverse.order": "Un arreglo tras otro, cada uno antes de aquellos con los que se calculó. Para cada uno: dónde se "
    "usa, qué hay que sumar por eso, y los pasos.",
    "reverse.forms": "Un recuadro contiene lo mismo para arreglos enteros: con matrices donde existe tal forma, para "
    "cualquier valor de un índice que quede, y si no como einsum. Donde no hay recuadro, la forma con índices es la "
    "más corta.",
    "reverse.given": "Lo que viene después de {outputs} queda abierto: las razones de cambio de {C} respecto de "
    "{outputs} vienen dadas.",
    "part.adjoint": "Respecto de {array}",
    "part.adjoint.cost": "{array} entra directamente en el coste",
    "part.adjoint.through": "El error llega a {array} por {readers}",
    "part.adjoint.many": "El error llega a {array} por {count} caminos, que se suman",
    "part.adjoint.time": "El error llega a {array} por {own} y desde el paso siguiente",
    "part.adjoint.later": "El error llega a {array} solo desde el paso siguiente",
    "reverse.in-cost": "{entry} entra directamente en el coste:",
    "reverse.reader": "{entry} entra en {readers}:",
    "reverse.readers": "{entry} entra en {readers}, y cada uno de esos usos da su propio término:",
    "reverse.in-cost.slide": "",
    "reverse.alone": "{entry} entra en {target} y en ningún otro elemento, así que hay un solo término:",
    "reverse.every": "{entry} entra en {target} para cada {indices}. Cada uso aporta un término, y los términos se "
    "suman:",
    "reverse.some": "{entry} entra en {target} para los valores de {indices} que recorre la suma de la última línea. "
    "Cada uso aporta un término, y los términos se suman:",
    "reverse.time.once": "{entry} se usa en el paso siguiente, para {later}; y donde {step} es igual a {place}, para "
    "{own}. Lo que vuelve del paso siguiente tiene que estar ya calculado, y por eso todo esto se calcula del último "
    "paso al primero, *hacia atrás en el tiempo*:",
    "reverse.time.once.slide": "{entry} entra en {later} un paso después y, donde {step} es igual a {place}, en {own}. "
    "Así, el error llega *hacia atrás en el tiempo*:",
    "reverse.time": "{entry} se usa en su propio paso, para {own}, y otra vez en el siguiente, para {later}. Por eso "
    "lo que le llega de vuelta tiene dos partes; la segunda necesita el paso posterior, y así todo esto se calcula "
    "del último paso al primero, *hacia atrás en el tiempo*:",
    "reverse.time.slide": "{entry} entra en {own} y, un paso después, en {later}. Así, el error llega *hacia atrás en "
    "el tiempo*:",
    "reverse.alike": "Los mismos pasos, con otras letras, dan:",
    "reverse.smallest": "Solo pasa el elemento más pequeño, así que solo allí vuelve la razón de cambio; si varios son "
    "igual de pequeños, al primero de ellos.",
    "reverse.largest": "Solo pasa el elemento más grande, así que solo allí vuelve la razón de cambio; si varios son "
    "igual de grandes, al primero de ellos.",
    "form.nabla": "{form} tiene {rate} en el lugar de {entry}.",
    "form.product": "{form} es el producto elemento a elemento.",
    "form.power": "En {form}, cada elemento de {u} está elevado a {n}.",
    "form.ones": "{form} es una columna de {n} unos.",
    "form.ones.samples": "{form} es una columna de {m} unos, uno por muestra.",
    "onepage.backward": "Lo que vuelve",
    "form.star": "La estrella: el elemento {q} de {form} es {sum}; lo que está a su izquierda recorre lo que está a su "
    "derecha.",
    "form.pad": "En {form} hay {p} ceros antes de {a}, y después, ceros hasta donde llegue lo que la recorre. Con un "
    "cero menos que la longitud de lo que recorre, es la correlación *completa*.",
    "form.rot": "{form} está girado: el último elemento es el primero, en cada eje.",
    "form.spaced": "En {form} los elementos están a distancia {n}, con ceros entre ellos.",
    "form.pool": "{form} tiene el elemento mayor de cada ventana de {n} elementos de {a}.",
    "form.apart": "En {form} cada ventana empieza {p} elementos después de la anterior; de vuelta, lo que coincide en "
    "un elemento se suma.",
    "form.unpool": "En {form}, cada elemento de {k} está donde estaba el mayor de su ventana de {a}; en los demás "
    "lugares hay ceros.",
    "form.over": "En {form} las ventanas pasan {p} elementos de ambos extremos de {a}; lo que queda fuera no cuenta.",
    "form.rowmax": "{form} tiene el elemento mayor de cada fila de {matrix}, como columna.",
    "form.rowmin": "{form} tiene el elemento menor de cada fila de {matrix}, como columna.",
    "form.argmin": "{form} tiene un 1 donde eso se cumple, en el primero de los elementos menores, y ceros en los "
    "demás lugares.",
    "form.argmax": "{form} tiene un 1 donde eso se cumple, en el primero de los elementos mayores, y ceros en los "
    "demás lugares.",
    "form.mask": "{form} tiene un 1 en cada fila {row} y columna {column} en que eso se cumple, y ceros en los demás "
    "lugares.",
    "form.einsum": "Un einsum, como {form}, multiplica arreglos elemento a elemento, con una letra para cada eje, y "
    "suma sobre las letras que no vienen después de la flecha.",
    "form.every": "De {form} se conserva un elemento de cada {n}.",
    "section.onepage": "Las dos pasadas en una página",
    "onepage.reading": "Hacia delante de arriba abajo, a la izquierda; después hacia atrás de abajo arriba, a la "
    "derecha. Junto a cada ecuación está la derivada respecto de lo que calcula, y después las de lo que se le dio.",
    "header.forward": "Hacia delante",
    "header.backward": "Hacia atrás",
    "table.onepage": "Las dos pasadas. Lo que la segunda necesita lo ha calculado la primera.",
    "reason.descent.parameter": "un paso contra la derivada, para cada parámetro",
    "part.short": "Lo que se repite recibe un nombre",
    "part.short.slide": "Un nombre para lo que se repite",
    "reverse.short.many": "Al volver por las funciones que dan {arrays}, el error se multiplica por sus pendientes, en "
    "valores que la pasada hacia delante ya calculó. Estos productos aparecen en varias derivadas, así que reciben "
    "nombres, {deltas}:",
    "reverse.short.many.slide": "El producto del error y la pendiente de su función aparece en varias derivadas:",
    "reverse.short": "Al volver por la función que da {arrays}, el error se multiplica por la pendiente de esa "
    "función, en valores que la pasada hacia delante ya calculó. El producto aparece en varias derivadas, así que "
    "recibe un nombre, {deltas}:",
    "reverse.short.slide": "El producto del error y la pendiente de la función aparece en varias derivadas:",
    "reason.short": "con el nombre de lo que se repite",
    "reason.short.brief": "se sustituye y se deriva, con el nombre de lo que se repite",
    "onepage.under": "Hacia delante, de arriba abajo:",
    "onepage.back": "Después hacia atrás, otra vez de arriba abajo:",
    "onepage.back.slide": "En el orden en que se calculan:",
    "onepage.alike": "Hacia atrás, de arriba abajo; de las que son iguales salvo por las letras, la primera:",
    "onepage.alike.slide": "En el orden en que se calculan; de las que solo difieren en las letras, la primera:",
    "program.rule.chain-rule": "regla de la cadena: un término por cada elemento que lo lee",
    "program.rule.insert-forward": "se sustituye la ecuación",
    "program.rule.collapse-delta.brief": "se deriva: solo queda lo que contiene el propio elemento",
    "program.rule.restore-known.brief": "escrito con lo que calculó la pasada hacia delante",
    "program.rule.differentiate.brief": "se sustituye la ecuación y se deriva",
    "program.rule.arrange.brief": "se agrupa",
    # la historia de una red de capas: qué es cada capa y qué son sus arreglos
    "title.layers": "Retropropagación a través de capas {kinds}",
    "title.layers.many": "Retropropagación a través de una red de {count} capas",
    "title.layer": "Retropropagación a través de una capa: {layer}",
    "layer.dense": "densa, {width} salidas",
    "layer.dense.one": "densa, una salida",
    "layer.dense.kind": "densas",
    "layer.dense.z": "la suma ponderada",
    "layer.dense.a": "la salida",
    "layer.conv1d": "convolución con {channels} núcleos de longitud {kernel}",
    "layer.conv1d.one": "convolución con un núcleo de longitud {kernel}",
    "layer.conv1d.kind": "convolucionales",
    "layer.conv1d.W": "los núcleos",
    "layer.conv1d.z": "los núcleos puestos sobre la entrada, en cada lugar",
    "layer.conv2d": "convolución con {channels} núcleos de {kernel}",
    "layer.conv2d.one": "convolución con un núcleo de {kernel}",
    "layer.conv2d.kind": "convolucionales",
    "layer.conv2d.W": "los núcleos",
    "layer.conv2d.z": "los núcleos puestos sobre la entrada, en cada lugar",
    "layer.max_pool1d": "max pooling sobre ventanas de longitud {size}",
    "layer.max_pool1d.kind": "de max pooling",
    "layer.max_pool1d.a": "el elemento más grande de cada ventana",
    "layer.max_pool2d": "max pooling sobre ventanas de {size}",
    "layer.max_pool2d.kind": "de max pooling",
    "layer.max_pool2d.a": "el elemento más grande de cada ventana",
    "layer.avg_pool1d": "promedio sobre ventanas de longitud {size}",
    "layer.avg_pool1d.kind": "de promedio",
    "layer.avg_pool1d.a": "la media de cada ventana",
    "layer.avg_pool2d": "promedio sobre ventanas de {size}",
    "layer.avg_pool2d.kind": "de promedio",
    "layer.avg_pool2d.a": "la media de cada ventana",
    "layer.global_avg_pool": "la media de cada canal",
    "layer.global_avg_pool.kind": "de promedio global",
    "layer.global_avg_pool.a": "la media de cada canal",
    "layer.flatten": "aplanado, todos los ejes como uno",
    "layer.flatten.kind": "de aplanado",
    "layer.embedding": "embedding de {vocabulary} palabras como vectores de {width}",
    "layer.embedding.kind": "de embedding",
    "layer.embedding.W": "los vectores de las palabras",
    "layer.rnn": "recurrente, un estado de {width}, con {activation}",
    "layer.rnn.kind": "recurrentes",
    "layer.rnn.h": "el estado",
    "layer.rnn.Wx": "los pesos para la entrada",
    "layer.rnn.Wh": "los pesos para el estado anterior",
    "layer.gru": "GRU con un estado de {width}",
    "layer.gru.kind": "GRU",
    "layer.gru.h": "el estado",
    "layer.gru.r": "la puerta de reinicio",
    "layer.gru.u": "la puerta de actualización",
    "layer.gru.c": "el candidato",
    "layer.gru.q": "lo que el estado anterior aporta al candidato",
    "layer.gru.Wx.of": "los pesos de la entrada hacia {part}",
    "layer.gru.Wh.of": "los pesos del estado anterior hacia {part}",
    "layer.gru.b.of": "los sesgos para {part}",
    "layer.gru.bhc": "los sesgos de lo que aporta el estado anterior",
    "layer.lstm": "LSTM con un estado de {width}",
    "layer.lstm.kind": "LSTM",
    "layer.lstm.h": "el estado",
    "layer.lstm.c": "la celda",
    "layer.lstm.i": "la puerta de entrada",
    "layer.lstm.f": "la puerta de olvido",
    "layer.lstm.g": "el candidato",
    "layer.lstm.o": "la puerta de salida",
    "layer.lstm.Wx.of": "los pesos de la entrada hacia {part}",
    "layer.lstm.Wh.of": "los pesos del estado anterior hacia {part}",
    "layer.lstm.b.of": "los sesgos para {part}",
    "layer.attention": "atención con {heads} cabezas",
    "layer.attention.one": "atención con una cabeza",
    "layer.attention.kind": "de atención",
    "layer.attention.q": "las consultas",
    "layer.attention.k": "las claves",
    "layer.attention.v": "los valores",
    "layer.attention.S": "las puntuaciones de consultas y claves",
    "layer.attention.M": "la puntuación más grande de cada consulta",
    "layer.attention.P": "la atención: la parte de cada valor",
    "layer.attention.o": "lo que dan las cabezas",
    "layer.attention.p": "la salida",
    "layer.attention.W.of": "los pesos para {part}",
    "layer.attention.b.of": "los sesgos para {part}",
    "layer.position": "un vector aprendido que se suma en cada posición",
    "layer.position.kind": "de posición",
    "layer.position.P": "los vectores de las posiciones",
    "layer.layer_norm": "normalización por capa",
    "layer.layer_norm.kind": "de normalización por capa",
    "layer.rms_norm": "normalización RMS",
    "layer.rms_norm.kind": "de normalización RMS",
    "layer.rms_norm.r": "uno entre la raíz de la media de los cuadrados",
    "layer.batch_norm": "normalización por lotes",
    "layer.batch_norm.kind": "de normalización por lotes",
    "layer.dropout": "dropout con una tasa de {rate}",
    "layer.dropout.kind": "de dropout",
    "layer.dropout.mask": "la máscara: 0 donde se apaga un elemento",
    "layer.prelu": "PReLU, un rectificador cuya pendiente se aprende",
    "layer.prelu.kind": "PReLU",
    "layer.prelu.A": "la pendiente donde la entrada es negativa",
    "layer.residual": "bloque residual",
    "layer.residual.kind": "residuales",
    "layer.residual.W": "la proyección de lo que pasa junto a las capas de dentro",
    "layer.residual.z": "la entrada más lo que de ella hacen las capas de dentro",
    "layer.concatenation": "lo que lee, uno tras otro",
    "layer.sum": "una suma, elemento a elemento",
    "layer.product": "un producto, elemento a elemento",
    "layer.matrix_product": "un producto de matrices",
    "layer.reduction": "un número para todos los elementos de un eje",
    "layer.transposed": "convolución traspuesta",
    "layer.shares": "softmax",
    "layer.rearranged": "los elementos en otros lugares",
    "layer.function": "una función de cada elemento",
    "layer.normalised": "normalización",
    "layer.weighted": "atención de consultas a claves",
    "layer.cell": "un paso de una recurrencia",
    "layer.with.stride": "paso {stride}",
    "layer.with.padding": "relleno {padding}",
    "layer.with.dilation": "dilatación {dilation}",
    "layer.with.groups": "{groups} grupos",
    "layer.with.bias.false": "sin sesgos",
    "layer.with.bias.true": "con sesgos",
    "layer.with.causal.true": "causal",
    "layer.with.returns.sequence": "el estado de cada paso",
    "layer.with.reverse.true": "del último paso al primero",
    "layer.with.tied_to": "atada a la capa {tied_to}",
    "layer.with.projection.true": "con una proyección",
    "layer.with.per.channel": "una pendiente por canal",
    "layer.then": "después {activation}",
    "layer.own activation": "una función propia",
    "array.own": "{what}",
    "layers.nothing": "; no se calcula nada, y los elementos quedan como están.",
    "rates.first.layers.slide": "Aquí, {entry} entra en {reader}:",
    "rates.first.layers": "En esta red, {entry} entra en {reader}:",
    "array.of": "{what} de la capa {layer}",
    "array.in": "{what}, en la capa {layer}",
    "array.x": "la entrada",
    "array.y": "el objetivo",
    "array.C": "el coste",
    "array.penalty": "cuánto cuenta la penalización",
    "array.W": "los pesos",
    "array.b": "los sesgos",
    "array.G": "las ganancias",
    "array.K": "los números fijos",
    "array.mu": "la media",
    "array.tau": "la varianza",
    "array.xi": "la entrada con media 0 y varianza 1",
    "array.epsilon": "un número pequeño que aleja la raíz del 0",
    "array.z": "lo que entra en la función de activación",
    "array.a": "la salida",
    "section.arrays.layers": "La red",
    "section.arrays.layers.slide": "De capa en capa",
    "section.computation.layers": "Hacia delante, capa por capa",
    "section.computation.layers.slide": "Hacia delante, capa por capa",
    "section.reverse.layers": "Hacia atrás, capa por capa",
    "layers.opening": "Esta red tiene {depth:una capa|# capas}, y en ella {count:se aprende un número. Si este|se "
    "aprenden # números. Si uno de ellos} se mueve un poco, ¿cuánto cambia {goal}? La regla de la cadena responde "
    "desde la última capa hasta la primera, ecuación por ecuación. Cada línea se sigue de la anterior, y cada uno de "
    "esos pasos se comprobó; la sección {section:evidence} dice cómo.",
    "layers.opening.none": "Esta red tiene {depth:una capa|# capas}. Si un elemento de {given} se mueve un poco, "
    "¿cuánto cambia {goal}? La regla de la cadena responde desde la última capa hasta la primera, ecuación por "
    "ecuación. Cada línea se sigue de la anterior, y cada uno de esos pasos se comprobó; la sección "
    "{section:evidence} dice cómo.",
    "layers.branches": "Las capas, cada una con la forma de lo que da para una muestra y las letras de lo "
    "que aprende; a cada una llega una flecha desde las que lee:",
    "layers.branches.slide": "",
    "layers.chain": "Las capas una tras otra, cada una con la forma de lo que da para una muestra y las letras de lo "
    "que aprende:",
    "layers.chain.slide": "",
    "figure.layers": "La red: cada caja es una capa, con la forma de lo que da.",
    "figure.layers.slide": "Cada caja es una capa, con la forma de lo que da.",
    "figure.layers.loop": "La red: cada caja es una capa, con la forma de lo que da; una flecha discontinua lleva de "
    "un paso al siguiente.",
    "figure.layers.loop.slide": "Cada caja es una capa; una flecha discontinua lleva de un paso al siguiente.",
    "alt.layers": "Una cadena de cajas desde la entrada hasta el coste: {names}.",
    "layers.arrays": "Dentro de las capas hay estos arreglos:",
    "layers.table": "Lo mismo en una tabla, con cuántos números aprende cada capa:",
    "layers.picture": "Dentro de las capas hay arreglos. Una flecha lleva de cada arreglo a lo que se calcula con él, "
    "y al final hasta {goal}. En el sentido de las flechas se calculan los valores; en sentido contrario vuelve el "
    "error.",
    "header.output": "Salida",
    "header.learned": "Aprende",
    "layers.order": "Cada capa lee lo que da la anterior.",
    "layers.order.slide": "",
    "layers.equations": "Capa {layer}: {what}",
    "layers.equations.cost": "El coste, de lo que da la última capa y el objetivo",
    "layers.order.back": "Las capas se recorren de la última a la primera. En cada una ya se conoce el error de lo que "
    "da; de él salen las derivadas respecto de lo que la capa aprende, y el error que entrega a la capa anterior.",
    "part.layer.back": "Hacia atrás por la capa {layer}: {what}",
    "part.layer.cost": "En el coste",
    "part.adjoint.meaning": "{array}, {what}",
    "reverse.every.time": "{entry} entra en {target} para cada {indices}: es el mismo en todos los pasos de tiempo, y "
    "lo que vuelve de ellos se suma:",
    "reverse.turned.apart.slide": "El lugar en el núcleo es ahora una diferencia: vuelve el error, con ceros entre sus "
    "elementos, *convolucionado con el núcleo girado*.",
    "reverse.turned.apart": "En la pasada hacia delante, el lugar en la entrada es la suma del lugar en el núcleo y un "
    "múltiplo del lugar en la salida; por eso aquí el lugar en el núcleo es una diferencia. Lo que vuelve es el error, "
    "con ceros entre sus elementos, *convolucionado con el núcleo girado*.",
    "reverse.turned.slide": "El lugar en el núcleo es ahora una diferencia: vuelve el error, "
    "*convolucionado con el núcleo girado*.",
    "reverse.turned": "En la pasada hacia delante, el lugar en la entrada es la suma del lugar en la salida y el "
    "lugar en el núcleo; por eso aquí el lugar en el núcleo es una diferencia. Lo que vuelve es el error, "
    "*convolucionado con el núcleo girado*.",
    "check.forward pass, 50 digits": "las ecuaciones una a una, con 50 cifras",
    "check.difference quotients": "cocientes de diferencias, con 100 cifras",
    "check.dual numbers, 50 digits": "razones de cambio llevadas hacia delante, con 50 cifras",
    "check.ties and kinks": "lo mismo, donde se juntan los trozos",
    "check.differences, as it is called": "diferencias del coste, llamado como lo llama quien lo usa",
    "check.backward, as it is called": "lo mismo con cualquier derivada respecto de las salidas",
    "check.one sample at a time": "un lote junto a sus muestras, una a una",
    "check.formulas of your own": "las fórmulas propias, con muchas cifras",
    # lo que dice un diagnóstico
    "diagnosis.title": "Diagnóstico de una red {shape}",
    "diagnosis.title.program": "Diagnóstico",
    "diagnosis.yours": "suyo",
    "diagnosis.right": "correcto",
    "diagnosis.line.first": "{verdict}: la línea {number} es la primera que no se sigue",
    "diagnosis.line.numbers": "suyo {yours}, correcto {right}, en {where}",
    "diagnosis.line.point": "suyo {yours}, correcto {right}, en el punto dado",
    "diagnosis.apart": "Aquí dan los mismos números. Son distintos en",
    "diagnosis.errors": "Diferencia de cada uno con el correcto:",
    "diagnosis.numpy": "La línea que hay que cambiar, en NumPy, donde d es la derivada del coste:",
    "diagnosis.at": "{what}, en {array}",
    "diagnosis.everywhere": "{what}, en todas partes",
    "diagnosis.by": "la derivada respecto de {array}",
    "diagnosis.same": "Las líneas son las del hallazgo anterior: es la misma fórmula, pensada de otro modo.",
    "diagnosis.beside": "Solo explica los números junto con otro: {other}.",
    "diagnosis.section.verdict": "El veredicto",
    "diagnosis.verdict.equal": "Estos números son *correctos*: son los del gradiente derivado.",
    "diagnosis.verdict.up_to": "Estos números son *correctos*, salvo por algo que no hace falso ninguno de ellos.",
    "diagnosis.verdict.up_to.factor": "Salvo por *un factor*, estos números son los del gradiente derivado.",
    "diagnosis.verdict.mistake": "*Un solo error* explica estos números.",
    "diagnosis.verdict.pair": "*Dos errores juntos* explican estos números; ninguno de ellos lo hace solo.",
    "diagnosis.verdict.alternatives": "{count} errores *dan los mismos números* en este punto: cada uno de ellos "
    "explica los suyos.",
    "diagnosis.verdict.unknown": "*Ningún error conocido* explica estos números.",
    "diagnosis.verdict.read": "Cómo se leyeron los arreglos: {guesses}.",
    "diagnosis.section.differences": "Cuánto se aparta cada arreglo",
    "diagnosis.differences": "La mayor diferencia de cada arreglo con el correcto, como parte de su elemento más "
    "grande.",
    "header.array": "Arreglo",
    "header.difference": "Diferencia",
    "diagnosis.section.lines": "Línea por línea",
    "diagnosis.verdict.lines.right": "{count:La línea *se sigue*|Las # líneas *se siguen* unas de otras}.",
    "diagnosis.verdict.lines.wrong": "{count:La línea|De # líneas, la} {number} es la *primera que no se sigue*.",
    "diagnosis.verdict.lines.unknown": "{count:La línea *no se pudo decidir*|Ninguna de las # líneas es falsa, pero "
    "*no todas se pudieron decidir*}.",
    "diagnosis.line.title": "Línea {number}: {what}",
    "diagnosis.line.mistake": "No se sigue",
    "diagnosis.line.unknown": "No se pudo decidir",
    "diagnosis.line.right": "Debería haber sido:",
    "diagnosis.line.example": "Con estos números los dos lados son distintos:",
    "diagnosis.line.at_point": "En el punto dado los dos lados son distintos:",
    "diagnosis.section.undecided": "Lo que esta muestra no distingue",
    "diagnosis.undecided": "Con esta muestra no se pueden ver estos errores, que aquí no cambian ningún número:",
    "diagnosis.seen": "Se ven en",
    "header.mistake": "Error",
    "header.where": "Dónde",
    "diagnosis.section.apart": "Números que los distinguen",
    "diagnosis.apart.how": "Con estos números los errores ya no dan las mismas derivadas:",
    "mistake.missing_slope": "Falta la pendiente",
    "mistake.slope_of_activation": "La pendiente en a y no en z",
    "mistake.slope_by_value_at_z": "z donde la pendiente pide a",
    "mistake.activation_for_slope": "La activación en vez de su pendiente",
    "mistake.slope_twice": "La pendiente dos veces",
    "mistake.cross_entropy_with_slope": "Una pendiente que se había cancelado",
    "mistake.quadratic_without_slope": "El error de la entropía cruzada",
    "mistake.softmax_elementwise": "Softmax elemento a elemento",
    "mistake.weight_not_transposed": "Un peso sin trasponer",
    "mistake.wrong_layer_weight": "Otro peso",
    "mistake.wrong_layer_activation": "Otro arreglo",
    "mistake.sign": "El signo contrario",
    "mistake.sum_for_mean": "Una suma en lugar de una media",
    "mistake.mean_for_sum": "Una media en lugar de una suma",
    "mistake.mean_twice": "La media dos veces",
    "mistake.updated_weights": "Pesos actualizados demasiado pronto",
    "mistake.bias_missing": "Sin derivada respecto del sesgo",
    "mistake.bias_shared": "Un sesgo para toda la capa",
    "mistake.bias_not_updated": "Sesgos que no se movieron",
    "mistake.relu_slope_of_activation_gradient": "La máscara de otro arreglo",
    "mistake.relu_slope_at_zero": "La pendiente de relu en 0",
    "mistake.activation_of_other_layer": "La pendiente de otra activación",
    "mistake.penalty_missing": "Falta la penalización",
    "mistake.penalty_on_bias": "Una penalización sobre los sesgos",
    "mistake.penalty_factor": "La penalización por un factor",
    "mistake.penalty_slope": "La penalización sin su pendiente",
    "mistake.target_of_other_sample": "Objetivos de otras muestras",
    "mistake.path_missing": "Un uso olvidado",
    "mistake.mean_detached": "La media como constante",
    "mistake.variance_detached": "La varianza como constante",
    "mistake.bessel": "Una varianza con n − 1",
    "mistake.kernel_not_flipped": "Un núcleo sin girar",
    "mistake.padding_lost": "El relleno olvidado",
    "mistake.factor_missing": "Falta un factor",
    "mistake.factor_twice": "Un factor dos veces",
    "mistake.function_missing": "Falta una función",
    "mistake.inner_sum": "Una suma en vez de una media, dentro",
    "mistake.inner_mean": "Una media en vez de una suma, dentro",
    "mistake.wrong_axis": "Una suma a lo largo de otro eje",
    "mistake.term_missing": "Falta un término",
    "mistake.term_sign": "El signo de un término",
    "mistake.statistics_detached": "Media y varianza como constantes",
    "mistake.matrix_not_transposed": "Una matriz sin trasponer",
    "mistake.slope_in_part": "Una parte de la pendiente",
    "mistake.one_sample": "Una sola muestra",
    "mistake.one_sample_for_mean": "Una muestra en vez de la media",
    "mistake.sample_missing": "Falta una muestra",
    "mistake.kernel_turned": "La derivada del núcleo, girada",
    "mistake.step_shifted": "Otro paso",
    "mistake.names_swapped": "Otros nombres",
    "mistake.repeats_lost": "Filas repetidas sin sumar",
    "mistake.left_at_zero": "Una derivada de 0",
    "mistake.nothing_sent_back": "No vuelve nada",
    "mistake.other_cost": "La derivada de otro coste",
    "mistake.to_all_of_window": "El error de un máximo, a todos",
    "mistake.wrong_forward": "Otra pasada hacia delante",
    "mistake.precision": "Menos cifras",
    "mistake.transposed": "Traspuesto",
    "mistake.permutation": "Otro orden",
    "mistake.factor": "Un factor",
    "mistake.unknown": "Dónde está la primera diferencia",
}

REMARKS = {
    # what a diagnosis says, by its English template
    "everywhere": "en todas partes",
    "samples": "muestras",
    "steps in time": "etapas del tiempo",
    "rows": "filas",
    "neurons": "neuronas",
    "outputs": "salidas",
    "equal": "igual",
    "equal up to": "igual salvo por",
    "mistake": "error",
    "unknown": "desconocido",
    "{remark}; together with {kind} ({where})": "{remark}; junto con {kind} ({where})",
    "{one} or {other}": "{one} o {other}",
    "{name} is taken for {target}": "{name} se toma por {target}",
    "the line before comes to {value}": "la línea anterior da {value}",
    "it has no value at this point": "en este punto no tiene valor",
    "numbers such as these are those of one point; give it with --at, or as params, x and y": "números como estos son "
    "los de un punto; délo con --at, o como params, x e y",
    "weights are numbered row by row, layer by layer: w_1 is w[1,1,1]": "los pesos se numeran fila por fila, capa por "
    "capa: w_1 es w[1,1,1]",
    "these are {detail} times what is right, and the others are right": "estos son {detail} veces lo correcto, y los "
    "demás están bien",
    "trying mistake {number} of {count}": "probando el error {number} de {count}",
    "trying two mistakes together: pair {number} of at most {count}": "probando dos errores a la vez: par {number} de "
    "{count} como mucho",
    "trying way to descend {number} of {count}": "probando la forma de descender {number} de {count}",
    "judging line {number}": "juzgando la línea {number}",
    "names of your own: {names}": "nombres propios: {names}",
    "words alone, passed over: line {lines}": "solo palabras, se pasan por alto: línea {lines}",
    "your w_ij goes from i to j, and W from rows to columns; here it is the other way round": "su w_ij va de i a j, y "
    "W de filas a columnas; aquí es al revés",
    "the activation itself stands where its slope belongs; the chain rule multiplies by the derivative of what the "
    "weighted sum goes through": "en el lugar de la pendiente está la activación misma; la regla de la cadena "
    "multiplica por la derivada de aquello por lo que pasa la suma ponderada",
    "arrays with one axis are taken for rows": "los arreglos de un solo eje se toman por filas",
    "the network has no layer l for which all of this is there; try one with more layers": "la red no tiene ninguna "
    "capa l para la que exista todo esto; pruebe con una de más capas",
    "samples are taken for columns": "las muestras se toman por columnas",
    "samples are taken for rows": "las muestras se toman por filas",
    "a sum without an axis is taken over the samples": "una suma sin eje se toma sobre las muestras",
    "dZ is taken for the error of each sample, without 1/m": "dZ se toma por el error de cada muestra, sin 1/m",
    "{text} has no axis {axis}": "{text} no tiene eje {axis}",
    "it holds for l = L, the last layer": "se cumple para l = L, la última capa",
    "no point was found at which both sides have a value": "no se encontró ningún punto en el que ambos lados "
    "tengan valor",
    "without {array} being transposed it holds": "sin trasponer {array} se cumple",
    "with {array} transposed it holds": "con {array} traspuesto se cumple",
    "it is equal when it is transposed": "es igual si se traspone",
    "{names} is summed over, as it stands twice": "se suma sobre {names}, que aparece dos veces",
    "it supposes that the targets add up to 1": "supone que los objetivos suman 1",
    "it follows from the line before, and is wrong as that is": "se sigue de la línea anterior, y es falsa como ella",
    "line {number}": "línea {number}",
    "it is not equal to {left}": "no es igual a {left}",
    "{text} is the derivative of an array by an array; write its entries": "{text} es la derivada de un arreglo "
    "respecto de un arreglo; escriba sus elementos",
    "{text} is the derivative of a column by a matrix; write its entries": "{text} es la derivada de una columna "
    "respecto de una matriz; escriba sus elementos",
    "{text} is the derivative of a matrix; write its entries": "{text} es la derivada de una matriz; escriba sus "
    "elementos",
    "{text} has {count} axes; write its entries": "{text} tiene {count} ejes; escriba sus elementos",
    "{text} is no column": "{text} no es una columna",
    "{text} is no single number": "{text} no es un solo número",
    "diag({text}) wants a column": "diag({text}) pide una columna",
    "{text}: softmax has no slope entry by entry": "{text}: softmax no tiene pendiente elemento a elemento",
    "{text}: one derivative does not go on where the other ends": "{text}: una derivada no continúa donde termina "
    "la otra",
    "{text}: the derivative is of a column of {length} entries, and {other} is {shape}": "{text}: la derivada es de "
    "una columna de {length} elementos, y {other} es {shape}",
    "{first} is {one} and {second} is {two}: entry by entry they do not go together": "{first} es {one} y {second} "
    "es {two}: elemento a elemento no casan",
    "{first} is {one} and {second} is {two}: there is no such product": "{first} es {one} y {second} es {two}: ese "
    "producto no existe",
    "{name} runs over {one} in {first} and over {two} in {second}": "{name} recorre {one} en {first} y {two} en "
    "{second}",
    "the left side is {one}, the right side is {two}": "el lado izquierdo es {one}, y el derecho, {two}",
    "index {name} stands on one side alone, and once": "el índice {name} aparece en un solo lado, y una sola vez",
    "{name} is transposed: it has shape {own}, here it is {here}": "{name} está traspuesto: tiene la forma {own}, y "
    "aquí es {here}",
    "{name} is one number for all {count} neurons": "{name} es un solo número para las {count} neuronas",
    "not given, and not compared: {names}": "no se dan, y no se comparan: {names}",
    "{name} has samples as columns": "{name} tiene las muestras en columnas",
    "the number of samples": "el número de muestras",
    "sigmoid for softmax": "sigmoid en vez de softmax",
    "softmax left out": "sin softmax",
    "softmax twice": "softmax dos veces",
    "softmax along the other axis": "softmax a lo largo del otro eje",
    "softmax over all entries": "softmax sobre todos los elementos",
    "the variance with n - 1": "la varianza con n - 1",
    "the variance without epsilon": "la varianza sin épsilon",
    "the arrays are taken for {names}, by their shapes": "los arreglos se toman por {names}, por sus formas",
    "last": "última",
    "first": "primera",
    "1 over the number of samples": "1 entre el número de muestras",
    "the number of outputs": "el número de salidas",
    "1 over the number of outputs": "1 entre el número de salidas",
    "the first difference, from the last layer back, is in ∂C/∂{name}: {error} times its largest entry; no mistake "
    "that is known explains it": "la primera diferencia, desde la última capa hacia atrás, está en ∂C/∂{name}: {error} "
    "veces su elemento más grande; ningún error conocido la explica",
    "{names} is right; {found}": "{names} es correcto; {found}",
    "{names} are right; {found}": "{names} son correctos; {found}",
    "the right cost after one update is {cost}; no mistake that is known explains yours": "el coste correcto tras una "
    "actualización es {cost}; ningún error conocido explica el suyo",
    "the right cost after {steps} updates is {cost}; no mistake that is known explains yours": "el coste correcto tras "
    "{steps} actualizaciones es {cost}; ningún error conocido explica el suyo",
    "no mistake that is known explains these parameters": "ningún error conocido explica estos parámetros",
    "{own} for {other}": "{own} en lugar de {other}",
    "{array} without {bias}": "{array} sin {bias}",
    "the slope of the activation is left out; the weighted sum reaches the cost through the activation, so the chain "
    "rule multiplies by the slope there": "falta la pendiente de la activación; la suma ponderada llega al coste a "
    "través de la activación, así que la regla de la cadena multiplica ahí por la pendiente",
    "the slope is taken at the activation, which comes out; it belongs at the weighted sum, which goes in": "la "
    "pendiente se toma en la activación, que es lo que sale; corresponde tomarla en la suma ponderada, que es lo que "
    "entra",
    "a formula for the slope that wants the activation is given the weighted sum; with sigmoid the slope is the "
    "activation times one minus the activation": "una fórmula de la pendiente que pide la activación recibe la suma "
    "ponderada; con sigmoid la pendiente es la activación por uno menos la activación",
    "{name} is square, and taken to be transposed as the other weights are": "{name} es cuadrado, y se toma por "
    "traspuesto como los demás pesos",
    "the slope of the activation is multiplied in twice; the chain passes through the activation once": "la pendiente "
    "de la activación se multiplica dos veces; la cadena pasa por la activación una sola vez",
    "the slope is multiplied in, but with this cost it has cancelled already: the activation minus the target is all "
    "that is left": "se multiplica por la pendiente, pero con este coste ya se ha cancelado: solo queda la activación "
    "menos el objetivo",
    "the activation minus the target alone is the error of cross-entropy; with this cost nothing cancels the slope": ""
    "la activación menos el objetivo, sin más, es el error de la entropía cruzada; con este coste nada cancela la "
    "pendiente",
    "softmax is treated entry by entry; each of its outputs depends on all inputs, so its Jacobian is no diagonal": ""
    "softmax se trata elemento a elemento; cada una de sus salidas depende de todas las entradas, así que su jacobiana "
    "no es diagonal",
    "the error goes back through the weights as they stand; what went forward from one neuron to another comes back "
    "the other way, through the transpose": "el error vuelve a través de los pesos tal como están; lo que fue de una "
    "neurona a otra vuelve en sentido contrario, a través de la traspuesta",
    "another weight, {detail}, is used; an error goes back through the weight that the values went forward "
    "through": "se usa otro peso, {detail}; el error vuelve por el peso por el que pasaron los valores hacia delante",
    "another array, {detail}, is used; the error is multiplied by what was multiplied on the way forward": "se usa "
    "otro arreglo, {detail}; el error se multiplica por lo mismo que se multiplicó hacia delante",
    "the sign is turned round, so that a step of descent climbs": "el signo está al revés, de modo que un paso de "
    "descenso sube",
    "the {detail} are added up where the cost is their mean; it is too large by their number": "se suman las {detail} "
    "donde el coste toma su media; el resultado queda multiplicado por su número",
    "the mean over the {detail} is taken where the cost adds them up; it is too small by their number": "se toma la "
    "media sobre las {detail} donde el coste las suma; el resultado queda dividido entre su número",
    "divided by the number of {detail} twice; the mean divides by it once": "se divide dos veces entre el número de "
    "{detail}; la media divide una sola vez",
    "the error goes back through weights that were updated already; the gradient is that of the weights of the forward "
    "pass, so all derivatives are computed first": "el error vuelve por pesos que ya se habían actualizado; el "
    "gradiente es el de los pesos de la pasada hacia delante, así que primero se calculan todas las derivadas",
    "the derivative with respect to the bias is left at 0; a bias is a term of the weighted sum, so its derivative is "
    "the error itself": "la derivada respecto del sesgo se deja en 0; un sesgo es un término de la suma ponderada, así "
    "que su derivada es el propio error",
    "one bias serves all neurons of the layer, and its derivative is the sum over them; here each neuron has its "
    "own": "un solo sesgo sirve a todas las neuronas de la capa, y su derivada es la suma sobre ellas; aquí cada "
    "neurona tiene el suyo",
    "the biases were kept while the weights moved; they have derivatives, too": "los sesgos no se movieron, y los "
    "pesos sí; también tienen derivadas",
    "relu's mask is taken from the gradient that comes back; which neurons were off is told by the weighted sums": "la "
    "máscara de relu se toma del gradiente que vuelve; qué neuronas estaban apagadas lo dicen las sumas ponderadas",
    "relu's slope at 0 is taken for 1; here it is 0, as in PyTorch": "la pendiente de relu en 0 se toma por 1; aquí es "
    "0, como en PyTorch",
    "the slope is that of {detail}, which is not the activation of this layer": "la pendiente es la de {detail}, que "
    "no es la activación de esta capa",
    "the term of the penalty is left out; the penalty is a part of the cost, so its derivative is a part of the "
    "gradient": "falta el término de la penalización; esta es parte del coste, así que su derivada es parte del "
    "gradiente",
    "the penalty is put on the bias, too; in the cost it counts the weights alone": "la penalización se aplica también "
    "al sesgo; en el coste solo cuenta los pesos",
    "the term of the penalty wants a slope, that of |w| is its sign; without it the term does not change sign with the "
    "weight": "el término de la penalización lleva una pendiente, la de |w| es su signo; sin ella el término no cambia "
    "de signo con el peso",
    "the term of the penalty is {detail} times what it is in this cost": "el término de la penalización es {detail} "
    "veces el de este coste",
    "inputs and targets do not belong together; each sample is compared with the target of another": "las entradas y "
    "los objetivos no se corresponden; cada muestra se compara con el objetivo de otra",
    "one of the uses of the array is forgotten; its derivative is the sum over all of them": "se olvida uno de los "
    "usos del arreglo; su derivada es la suma sobre todos ellos",
    "the mean is taken for a constant; it depends on the inputs, so the error goes back through it as well": "la media "
    "se toma por una constante; depende de las entradas, así que el error vuelve también a través de ella",
    "the variance is taken for a constant; it depends on the inputs, so the error goes back through it as well": "la "
    "varianza se toma por una constante; depende de las entradas, así que el error vuelve también a través de ella",
    "the variance is divided by one less than the number of squares; in this layer it is their mean": "la varianza se "
    "divide entre uno menos que el número de cuadrados; en esta capa es la media de ellos",
    "the kernel is not turned round; what went forward by i + u comes back by i - u": "el núcleo no se gira; lo que "
    "fue hacia delante por i + u vuelve por i - u",
    "the padding is forgotten on the way back; the places of the padded array are shifted by it": "se olvida el "
    "relleno al volver; los lugares del arreglo relleno están desplazados por él",
    "a factor of the chain is left out: {detail}": "falta un factor de la cadena: {detail}",
    "a factor of the chain is multiplied in twice: {detail}": "un factor de la cadena se multiplica dos veces: "
    "{detail}",
    "{detail} is left out, and what it is taken of stands in its place": "falta {detail}, y en su lugar está "
    "aquello de lo que se toma",
    "a mean on the way back is taken as a sum; it is too large by the number of its entries": "una media en el "
    "camino de vuelta se toma como suma; queda multiplicada por el número de sus elementos",
    "a sum on the way back is taken as a mean; it is too small by the number of its entries": "una suma en el "
    "camino de vuelta se toma como media; queda dividida entre el número de sus elementos",
    "the sum runs along another axis than that which was gone through forward": "la suma recorre otro eje que el "
    "que se recorrió hacia delante",
    "a term of the derivative is left out; what arrives by all paths is added up": "falta un término de la "
    "derivada; se suma lo que llega por todos los caminos",
    "a term of the derivative has the other sign": "un término de la derivada tiene el signo contrario",
    "mean and variance are taken for constants; both depend on the inputs, so the error goes back through them as "
    "well": "la media y la varianza se toman por constantes; ambas dependen de las entradas, así que el error "
    "vuelve también a través de ellas",
    "a matrix of the product, {detail}, is not transposed, or is where it should not be": "una matriz del "
    "producto, {detail}, no se traspone, o se traspone sin deber",
    "the slope of {detail} is there in part: a square, a factor or a term of it is missing": "la pendiente de "
    "{detail} está solo en parte: le falta un cuadrado, un factor o un término",
    "the {detail} sample alone counts; the derivative adds up those of all samples": "solo cuenta la {detail} "
    "muestra; la derivada suma las de todas",
    "the {detail} sample alone counts, in place of the mean over all of them": "solo cuenta la {detail} muestra, "
    "en lugar de la media sobre todas",
    "the {detail} sample is left out of the sum over all of them": "falta la {detail} muestra en la suma sobre todas",
    "the derivative by the kernel is turned round: its entries stand in reverse order": "la derivada respecto del "
    "núcleo está girada: sus elementos están en orden inverso",
    "{detail} is read at another step than on the way forward": "{detail} se lee en otro paso que hacia delante",
    "the same numbers under other names: {detail}": "los mismos números con otros nombres: {detail}",
    "a row that is looked up several times gets the derivative of the last place alone; those of all places are added "
    "up": "una fila que se consulta varias veces recibe solo la derivada del último lugar; se suman las de todos los "
    "lugares",
    "the derivative is left at 0; the array has a share in the cost": "la derivada se deja en 0; el arreglo "
    "influye en el coste",
    "nothing is sent back through this array, as if it were a constant; what is before it gets no derivative": "no "
    "vuelve nada a través de este arreglo, como si fuera una constante; lo que hay antes queda sin derivada",
    "this is the derivative of another cost, {detail}": "esta es la derivada de otro coste, {detail}",
    "the error goes to all entries of a window; what was the largest alone has a share in it": "el error va a "
    "todos los elementos de una ventana; solo influye el que era el mayor",
    "the forward pass computes another network, {detail}; for that one the derivatives are right": "la pasada hacia "
    "delante calcula otra red, {detail}; para esa red las derivadas son correctas",
    "the same numbers with fewer digits, {detail}": "los mismos números con menos cifras, {detail}",
    "{count} after the point": "{count} tras la coma",
    "{count} significant ones": "{count} significativas",
    "the same numbers, transposed": "los mismos números, traspuestos",
    "the same numbers with the {detail} in another order": "los mismos números con las {detail} en otro orden",
    "everything is {detail} times what is right": "todo es {detail} veces lo correcto",
}


def _feminine(name: str, several: str) -> dict[str, str]:
    """Return what is said with another name of the cost, which is feminine: el coste -> la pérdida."""
    return {
        "coste": name,
        "costes": several,
        "el coste": f"la {name}",
        "del coste": f"de la {name}",
        "al coste": f"a la {name}",
        "los costes": f"las {several}",
        "el *coste*": f"la *{name}*",
        "un *coste*": f"una *{name}*",
        "este coste": f"esta {name}",
        "coste compuesto": f"{name} compuesta",
        "el coste compuesto": f"la {name} compuesta",
        "el coste mismo": f"la {name} misma",
    }


# other names of things, and what is said with each of them instead
NAMES = {
    "loss": _feminine("pérdida", "pérdidas"),
    "batch cost": {
        "coste de un lote": "coste de un lote",
        "el coste es la media de los costes": "el coste es la media de las pérdidas",
    },
    "error function": {
        **_feminine("función de error", "funciones de error"),
        "la media de los costes de": "la media de las de",
        "la suma de los costes de": "la suma de las de",
        "letter.J.sum": "función de error de todas las muestras: la suma de las {m}",
    },
    "activations": {
        "suma ponderada": "activación",
        "sumas ponderadas": "activaciones",
        "activación": "salida",
        "activaciones": "salidas",
        "función de activación": "función de activación",
        "*función de activación*": "*función de activación*",
        "funciones de activación": "funciones de activación",
        "la activación de esta red": "la función de activación de esta red",
        "la activación de esta capa": "la función de activación de esta capa",
        "las activaciones de esta red": "las funciones de activación de esta red",
        "pendiente de la activación": "pendiente de la función de activación",
        "pendiente de su activación": "pendiente de su función de activación",
        "por la de la activación": "por la de la función de activación",
        "con esta activación": "con esta función de activación",
        "la derivada de la activación": "la derivada de la función de activación",
        "se sustituye la activación": "se sustituye la función de activación",
        "activaciones que actúen": "funciones de activación que actúen",
        "activaciones ocultas": "funciones de activación ocultas",
        "activaciones neurona a neurona": "funciones de activación unidad a unidad",
        "activaciones de esta clase": "funciones de activación de esta clase",
        "sus activaciones, las dos": "sus funciones de activación, las dos",
        "cualquier activación": "cualquier función de activación",
        "la activación de la última capa, si": "la función de activación de la última capa, si",
        "header.activation": "Función de activación",
    },
    "units": {"neurona": "unidad", "neuronas": "unidades"},
}

LANGUAGES.add("es", Language("es", "español", SENTENCES, CLAUSES | HELP, REMARKS, NAMES))
