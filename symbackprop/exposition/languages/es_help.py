"""What the help of the command line says in Spanish, sentence by sentence, by the English wording."""

from __future__ import annotations

HELP = {
    "Derive the backpropagation of a neural network by the chain rule.": "Deduce la retropropagación de una red "
    "neuronal por la regla de la cadena.",
    "You say what a network computes. symbackprop derives its gradient in checked steps, typesets the derivation "
    "for paper and slides, and turns the very same equations into numeric code that it proves right.": (
        "Usted dice qué calcula una red. symbackprop deduce su gradiente en pasos comprobados, compone la "
        "deducción para papel y diapositivas, y convierte esas mismas ecuaciones en código numérico cuya "
        "corrección demuestra."
    ),
    "Every command runs without any argument: it then takes the built-in network 2-3-1.": (
        "Toda orden funciona sin argumentos: toma entonces la red incorporada 2-3-1."
    ),
    "Print the version and exit.": "Muestra la versión y termina.",
    "Show this message and exit.": "Muestra este mensaje y termina.",
    "The language of this help, and of a command after it.": "El idioma de esta ayuda, y el de la orden que siga.",
    "The language of what is said.": "El idioma de lo que se dice.",
    "Print the derived gradient as code that runs on its own.": "Escribe el gradiente deducido como código que "
    "funciona solo.",
    "The code is written from the derived equations, each beside the lines that it became, and needs nothing but "
    "its backend. It defines gradient(params, x, y), which returns the cost of a batch and its derivative by "
    "every parameter; of equations without a cost, forward and backward. For torch and jax it defines an "
    "autograd.Function or a function with a custom_vjp as well, and gradcheck(), which runs when the file is "
    "run.": "El código se escribe a partir de las ecuaciones deducidas, cada una junto a las líneas en que se "
    "convirtió, y no necesita más que su backend. Define gradient(params, x, y), que devuelve el coste de un "
    "lote y su derivada respecto de cada parámetro; de unas ecuaciones sin coste, forward y backward. Para torch "
    "y jax define además una autograd.Function o una función con custom_vjp, y gradcheck(), que se ejecuta al "
    "ejecutar el archivo.",
    "NETWORK is a shape such as 784-30-10, a layer line such as '1x8x8 -> conv2d(8, 3) relu -> flatten -> "
    "dense(10)', a file .toml, .json or .eq, an example of equations, or left out: 2-3-1.": (
        "RED es una forma como 784-30-10, una línea de capas como '1x8x8 -> conv2d(8, 3) relu -> flatten -> "
        "dense(10)', un archivo .toml, .json o .eq, un ejemplo de ecuaciones o, si se omite, 2-3-1."
    ),
    "[NETWORK]": "[RED]",
    "One for all layers, or one per layer with commas between: names such as relu, with a number leaky_relu(0.2), "
    "or formulas in z such as 'z/(1+exp(-z))'.": "Una para todas las capas, o una por capa separadas por comas: "
    "nombres como relu, con un número leaky_relu(0.2), o fórmulas en z como 'z/(1+exp(-z))'.",
    "default: {a}": "por defecto: {a}",
    "NAME[,…]": "NOMBRE[,…]",
    "Network": "Red",
    "A name such as cross_entropy, with a number huber(10), or a formula in a and y such as '(a-y)**4'.": (
        "Un nombre como cross_entropy, con un número huber(10), o una fórmula en a e y como '(a-y)**4'."
    ),
    "NAME": "NOMBRE",
    "Equations instead of NETWORK, as a file ending in .eq has them.": "Ecuaciones en lugar de RED, como las tiene un "
    "archivo acabado en .eq.",
    "A penalty (λ/2) Σ W²: 0.01, or with a letter lambda=0.01.": "Una penalización (λ/2) Σ W²: 0.01, o con una "
    "letra lambda=0.01.",
    "NUMBER": "NÚMERO",
    "Penalties by name, with their numbers: 'l1(0.01)' (symbackprop list penalties).": (
        "Penalizaciones por su nombre, con sus números: 'l1(0.01)' (symbackprop list penalties)."
    ),
    "A penalty λ Σ |W|: 0.01, or with a letter lambda=0.01.": "Una penalización λ Σ |W|: 0.01, o con una letra "
    "lambda=0.01.",
    "How samples count: mean or sum.": "Cómo cuentan las muestras: mean (media) o sum (suma).",
    "WORD": "PALABRA",
    "No biases, but for layers of a line that say bias=true.": "Sin sesgos, salvo en las capas de una línea que "
    "digan bias=true.",
    "What the code is for (symbackprop list backends).": "Para qué backend es el código (symbackprop list backends).",
    "Output": "Salida",
    "The equations above the lines and the names of things in this notation (symbackprop list conventions).": (
        "Las ecuaciones sobre las líneas y los nombres de las cosas en esta notación (symbackprop list conventions)."
    ),
    "For torch and jax: what the forward pass keeps; the rest is computed again on the way back.": (
        "Para torch y jax: qué guarda la pasada hacia delante; lo demás se calcula de nuevo a la vuelta."
    ),
    "NAME,…": "NOMBRE,…",
    "Where it goes.": "Adónde va.",
    "standard output": "la salida estándar",
    "FILE": "ARCHIVO",
    "Replace a file that symbackprop did not write.": "Sustituye un archivo que no escribió symbackprop.",
    "The gradient of the built-in network 2-3-1, to standard output.": "El gradiente de la red incorporada 2-3-1, "
    "en la salida estándar.",
    "Another one, in a file.": "Otro, en un archivo.",
    "It runs alone.": "Funciona solo.",
    "A backward pass for PyTorch, ready to paste.": "Una pasada hacia atrás para PyTorch, lista para pegar.",
    "Derive the equations of backpropagation, each step checked.": "Deduce las ecuaciones de la retropropagación, "
    "con cada paso comprobado.",
    "Shows the four equations for any network and for this one, and writes the whole derivation to output/.": (
        "Muestra las cuatro ecuaciones para cualquier red y para esta, y escribe la deducción entera en output/."
    ),
    "NETWORK is a shape such as 784-30-10, a file .toml, .json or .eq, the name of an example of equations such as "
    "attention, or left out: 2-3-1.": "RED es una forma como 784-30-10, un archivo .toml, .json o .eq, el nombre "
    "de un ejemplo de ecuaciones como attention o, si se omite, 2-3-1.",
    "The language (symbackprop list languages).": "El idioma (symbackprop list languages).",
    "CODE": "CÓDIGO",
    "Document": "Documento",
    "The title, instead of one made from the shape.": "El título, en lugar del que se hace con la forma.",
    "TEXT": "TEXTO",
    "Who signs.": "Quién firma.",
    "The date, as it is to be shown.": "La fecha, tal como ha de mostrarse.",
    "Other colours of cost, activation, input or error: cost=#AA0000.": "Otros colores de cost, activation, input "
    "o error: cost=#AA0000.",
    "PART=#RRGGBB[,…]": "PARTE=#RRGGBB[,…]",
    "Rename letters: delta=e, or 'a=\\hat{y}'.": "Cambia letras: delta=e, o 'a=\\hat{y}'.",
    "OLD=NEW[,…]": "VIEJA=NUEVA[,…]",
    "The letter of weights: short for w=LETTER.": "La letra de los pesos: abrevia w=LETRA.",
    "LETTER": "LETRA",
    "Whose notation: nielsen, ng, bishop or pytorch (symbackprop list conventions).": (
        "La notación de quién: nielsen, ng, bishop o pytorch (symbackprop list conventions)."
    ),
    "How much is told: lecture, full, short.": "Cuánto se cuenta: lecture (clase), full (todo), short (breve).",
    "lecture on slides, full on paper": "lecture en diapositivas, full en papel",
    "Sections and equations with commas between, nothing else is told: back,BP2 (symbackprop list sections).": (
        "Secciones y ecuaciones separadas por comas, y no se cuenta nada más: back,BP2 (symbackprop list sections)."
    ),
    "Formats with commas between (symbackprop list formats), or 'all'.": "Formatos separados por comas "
    "(symbackprop list formats), o 'all' para todos.",
    "FORMAT[,…]": "FORMATO[,…]",
    "Where files go.": "Adónde van los archivos.",
    "output/NAME": "output/NOMBRE",
    "DIR": "CARPETA",
    "Replace files that symbackprop did not write.": "Sustituye archivos que no escribió symbackprop.",
    "One format to standard output, and nothing else.": "Un formato a la salida estándar, y nada más.",
    "Whose Markdown is written: github, quarto, marp, slidev.": "El Markdown de quién se escribe: github, quarto, "
    "marp, slidev.",
    "A line of a derivation appears on each of the: clicks, slides.": "En qué aparece cada línea de una deducción: "
    "clicks (clics), slides (diapositivas).",
    "The shape of slides where no template says it: 16:9, 4:3.": "La forma de las diapositivas cuando no la dice "
    "una plantilla: 16:9, 4:3.",
    "What a program shows that knows no native equations: picture, text, none.": (
        "Qué muestra un programa que no conoce ecuaciones nativas: picture (imagen), text (texto), none (nada)."
    ),
    "The sign before decimals: language, comma, point.": "El signo decimal: language (el del idioma), comma "
    "(coma), point (punto).",
    "A .pptx of yours, whose design slides keep.": "Un .pptx suyo, cuyo diseño conservan las diapositivas.",
    "LaTeX as files for a document of yours: a chapter, every equation, the pictures.": (
        "LaTeX en archivos para un documento suyo: un capítulo, cada ecuación, las figuras."
    ),
    "Make the checks of verify, and put them into the documents.": "Hace las comprobaciones de verify y las pone "
    "en los documentos.",
    "Numbers": "Números",
    "Where the random numbers begin.": "Dónde empiezan los números aleatorios.",
    "How equations are written: index, matrix, rows, columns or scalar.": "Cómo se escriben las ecuaciones: index, "
    "matrix, rows, columns o scalar.",
    "STYLE[,…]": "ESTILO[,…]",
    "Only this one: w_LAYER_J_K or b_LAYER_J, of other networks Wh_1_2 or Wh[1,2]; with --to as a document, its steps "
    "included.": "Solo esta: w_CAPA_J_K o b_CAPA_J, de otras redes Wh_1_2 o Wh[1,2]; con --to como documento, con sus "
    "pasos.",
    "On the screen": "En pantalla",
    "With --partial: without δ, z, a or whatever is computed.": "Con --partial: sin δ, z, a ni nada que se calcule.",
    "With --expanded: how long the formula may become.": "Con --expanded: lo larga que puede llegar a ser la fórmula.",
    "The built-in network 2-3-1: its equations, and the derivation in output/2-3-1/.": (
        "La red incorporada 2-3-1: sus ecuaciones, y la deducción en output/2-3-1/."
    ),
    "Another network, told in Spanish, in every format that this installation can make.": (
        "Otra red, contada en español, en todos los formatos que esta instalación puede hacer."
    ),
    "The article alone, to standard output.": "El artículo solo, en la salida estándar.",
    "Equations between arrays: a shipped example, or a file such as block.eq.": (
        "Ecuaciones entre arreglos: un ejemplo incluido, o un archivo como block.eq."
    ),
    "One derivative, in weights, biases, input and target.": "Una derivada, en pesos, sesgos, entrada y objetivo.",
    "Say which mistake explains your numbers.": "Dice qué error explica sus números.",
    "Compares your derivatives, your parameters after an update, or your cost after it, with the derived gradient, "
    "and with what it becomes when one or two of its equations are changed as people change them by mistake. "
    "Exits with 0 if they are equal, up to digits, transposition or order, and with 1 for any other difference.": (
        "Compara sus derivadas, sus parámetros tras una actualización o su coste tras ella con el gradiente "
        "deducido, y con lo que este llega a ser cuando una o dos de sus ecuaciones se cambian como la gente las "
        "cambia por error. Termina con 0 si son iguales, salvo cifras, trasposición u orden, y con 1 ante "
        "cualquier otra diferencia."
    ),
    "NETWORK is a shape such as 2-2-2, a layer line, a file .toml, .json or .eq, or left out: 2-3-1.": (
        "RED es una forma como 2-2-2, una línea de capas, un archivo .toml, .json o .eq o, si se omite, 2-3-1."
    ),
    "Your derivatives: W1, b1, … in a file .npz, .toml or .json, or a folder of W1.csv, b1.csv, ….": (
        "Sus derivadas: W1, b1, … en un archivo .npz, .toml o .json, o una carpeta con W1.csv, b1.csv, …."
    ),
    "Yours": "Lo suyo",
    "Your parameters after updates, in files as --gradients; wants --learning-rate.": (
        "Sus parámetros tras las actualizaciones, en archivos como los de --gradients; pide --learning-rate."
    ),
    "Your cost after updates; wants --learning-rate.": "Su coste tras las actualizaciones; pide --learning-rate.",
    "COST": "COSTE",
    "Your function of (params, x, y) or (W1, b1, …, x, y), or class; the backward pass of a block.": (
        "Su función de (params, x, y) o (W1, b1, …, x, y), o su clase; la pasada hacia atrás de un bloque."
    ),
    "FILE:NAME": "ARCHIVO:NOMBRE",
    "One line of yours: 'delta[2] = a[2] - y'.": "Una línea suya: 'delta[2] = a[2] - y'.",
    "EQUATION": "ECUACIÓN",
    "Your derivation, a text with an = in every line.": "Su deducción, un texto con un = en cada línea.",
    "The point: x, y and the parameters, in files as --gradients.": "El punto: x, y y los parámetros, en archivos "
    "como los de --gradients.",
    "How long the step of an update was.": "Lo largo que fue el paso de una actualización.",
    "RATE": "TASA",
    "How many updates.": "Cuántas actualizaciones.",
    "Derivatives of yours, at a point.": "Derivadas suyas, en un punto.",
    "The cost that you have after one update.": "El coste que usted tiene tras una actualización.",
    "Runs your own function.": "Ejecuta su propia función.",
    "Your backward pass of a block.": "Su pasada hacia atrás de un bloque.",
    "Your own derivation, line by line.": "Su propia deducción, línea a línea.",
    "NETWORK is a small shape such as 3-4-2, a layer line, a file .toml, .json or .eq, or left out: that of the "
    "numbers.": (
        "RED es una forma pequeña como 3-4-2, una línea de capas, un archivo .toml, .json o .eq o, si se omite, la de "
        "los números."
    ),
    "Of other layers and of equations, --values has an array for each that nothing computes, of a batch with a row for "
    "each sample; where drawn ones would be too many, sizes that are letters are smaller. One step is taken where "
    "nothing is said.": (
        "Para otras capas y para ecuaciones, --values tiene un arreglo por cada uno que nada calcula, y de un lote con "
        "una fila por muestra; donde los sorteados serían demasiados, los tamaños que son letras son menores. Se da un "
        "paso si no se dice nada."
    ),
    "A program of equations, array by array, and one update.": "Un programa de ecuaciones, arreglo por arreglo, y una "
    "actualización.",
    "Your numbers, .toml or .json; each run writes a values.toml.": "Sus números, .toml o .json; cada ejecución "
    "escribe un values.toml.",
    "Significant digits of the numbers that are rounded.": "Cifras significativas de los números que se redondean.",
    "Steps of gradient descent after the first pass; or clicks, slides: what a line of slides appears on.": (
        "Pasos de descenso por el gradiente tras la primera pasada; o clicks, slides: en qué aparece cada línea "
        "de las diapositivas."
    ),
    "A 2-2-2 network with the numbers of a file that is shipped, in output/2-2-2-example/.": (
        "Una red 2-2-2 con los números de un archivo incluido, en output/2-2-2-example/."
    ),
    "Another one, with pleasant numbers.": "Otra, con números agradables.",
    "Your numbers, and three updates.": "Sus números, y tres actualizaciones.",
    "Set exercises, sheets and keys apart.": "Propone ejercicios, con las hojas y las soluciones por separado.",
    "What is blank is a part of a derived formula, and the key is that part; numbers are drawn until they come out "
    "pleasantly and a slip shows. Besides the formats for documents, --to takes moodle: a question bank in "
    "Moodle's XML, and cloze: the same with a whole sheet as one question.": (
        "Lo que queda en blanco es una parte de una fórmula deducida, y la solución es esa parte; los números se "
        "sortean hasta que salen agradables y un desliz se nota. Además de los formatos de documentos, --to acepta "
        "moodle: un banco de preguntas en el XML de Moodle, y cloze: el mismo con cada hoja como una sola pregunta."
    ),
    "NETWORK is a shape such as 2-2-1, a layer line, a file .toml, .json or .eq, or left out: 2-3-1.": (
        "RED es una forma como 2-2-1, una línea de capas, un archivo .toml, .json o .eq o, si se omite, 2-3-1."
    ),
    "What is asked: compute (numbers), line (a part of a line), order (of lines), mistake (a wrong line).": (
        "Qué se pregunta: compute (números), line (parte de una línea), order (orden de líneas), mistake (una "
        "línea equivocada)."
    ),
    "Exercise": "Ejercicio",
    "How many sheets there are.": "Cuántas hojas hay.",
    "How many stand on a sheet.": "Cuántas preguntas hay en una hoja.",
    "that of the kind": "el de cada clase",
    "A sheet and its key: compute the numbers of one sample by hand.": "Una hoja y su solución: calcular a mano "
    "los números de una muestra.",
    "Five sheets, on each of which parts of the derivation are missing, and their keys.": (
        "Cinco hojas, en cada una de las cuales faltan partes de la deducción, y sus soluciones."
    ),
    "A question bank with thirty variants.": "Un banco de preguntas con treinta variantes.",
    "List activations, costs, formats, backends and the rest.": "Enumera activaciones, costes, formatos, backends "
    "y lo demás.",
    "What is listed is what the registries hold, parts of other installed packages included.": (
        "Se enumera lo que hay en los registros, incluidas las piezas de otros paquetes instalados."
    ),
    "SECTION is one of the headings, such as costs; left out: all of them.": "SECCIÓN es uno de los encabezados, "
    "como costs; si se omite, todos.",
    "[SECTION]": "[SECCIÓN]",
    "Everything.": "Todo.",
    "The activations, each with its formula.": "Las activaciones, cada una con su fórmula.",
    "Train with the derived gradient, beside one written by hand.": "Entrena con el gradiente deducido, junto a "
    "uno escrito a mano.",
    "Both start from the same parameters and take the same mini-batches, and every step is compared from the same "
    "parameters: shows the cost of some epochs, the accuracy, and the largest difference, and plots both curves. "
    "Of a network of other layers, which no trainer by hand knows, slopes of the cost are measured instead. "
    "Exits with 1 if one differs.": "Los dos parten de los mismos parámetros y toman los mismos minilotes, y cada "
    "paso se compara desde los mismos parámetros: muestra el coste de algunas épocas, la exactitud y la mayor "
    "diferencia, y dibuja las dos curvas. De una red con otras capas, que ningún entrenador a mano conoce, se "
    "miden en su lugar pendientes del coste. Termina con 1 si algo difiere.",
    "NETWORK is a shape such as 64-32-10, a layer line such as '1x8x8 -> conv2d(8, 3) relu -> flatten -> dense(10) "
    "softmax', a file .toml or .json, or left out: 2-3-1, or what fits the data.": (
        "RED es una forma como 64-32-10, una línea de capas como '1x8x8 -> conv2d(8, 3) relu -> flatten -> "
        "dense(10) softmax', un archivo .toml o .json o, si se omite, 2-3-1 o lo que convenga a los datos."
    ),
    "xor, digits, or a file .csv, .tsv, .data, .txt or .npz.": "xor, digits, o un archivo .csv, .tsv, .data, .txt "
    "o .npz.",
    "Training": "Entrenamiento",
    "The column of a table that holds the class of each row: first, last, its name or its number.": (
        "La columna de una tabla que tiene la clase de cada fila: first (la primera), last (la última), su "
        "nombre o su número."
    ),
    "the one with text, or with as many values as the network has outputs": "la que tiene texto, o tantos valores "
    "como salidas la red",
    "COLUMN": "COLUMNA",
    "How many of the last columns of a table are targets.": "Cuántas de las últimas columnas de una tabla son "
    "objetivos.",
    "as many as the network gives": "tantas como da la red",
    "The share of samples that is kept back, to see what was learned.": "La parte de las muestras que se reserva "
    "para ver qué se ha aprendido.",
    "0.2 of more than 100 samples, else 0": "0.2 de más de 100 muestras; si no, 0",
    "SHARE": "PARTE",
    "Parameters to start from: an .npz with W1, b1, …": "Parámetros de los que partir: un .npz con W1, b1, …",
    "Keep the trained parameters in an .npz.": "Guarda los parámetros entrenados en un .npz.",
    "How often to go through the data.": "Cuántas veces se recorren los datos.",
    "30, or 8000 where one batch holds all": "30, u 8000 si un solo lote los contiene todos",
    "How long a step is.": "Lo largo que es un paso.",
    "How many samples make one step.": "Cuántas muestras forman un paso.",
    "Where the plot goes.": "Adónde va la gráfica.",
    "The network 2-3-1 learns exclusive or, from all four of its samples.": "La red 2-3-1 aprende la disyunción "
    "exclusiva con sus cuatro muestras.",
    "Handwritten digits.": "Dígitos manuscritos.",
    "A table of yours: four measurements and the name of one of three classes.": (
        "Una tabla suya: cuatro medidas y el nombre de una de tres clases."
    ),
    "Check the numbers of the derived gradient.": "Comprueba los números del gradiente deducido.",
    "Compares the compiled gradient with a hand-written one, with central differences, with complex steps and with "
    "derivatives in 50 digits, in every way in which it can be run, and the first steps of the trainers with "
    "descent spelled out; then looks at each layer alone, at kinks, on both sides of every case and where "
    "functions saturate. All that on this network, and on small ones in which no symmetry hides a mistake. Exits "
    "with 1 if a check fails.": "Compara el gradiente compilado con uno escrito a mano, con diferencias centrales, "
    "con pasos complejos y con derivadas de 50 cifras, de todas las maneras en que puede ejecutarse, y los "
    "primeros pasos de los entrenadores con el descenso escrito por extenso; después mira cada capa por "
    "separado, en los puntos angulosos, a ambos lados de cada caso y donde las funciones se saturan. Todo ello "
    "en esta red y en redes pequeñas en las que ninguna simetría esconde un error. Termina con 1 si falla una "
    "comprobación.",
    "NETWORK is a shape such as 784-30-10, a layer line such as '4 -> dense(3) tanh -> layer_norm', a file .toml, "
    ".json or .eq, an example of equations, or left out: 2-3-1.": "RED es una forma como 784-30-10, una línea de "
    "capas como '4 -> dense(3) tanh -> layer_norm', un archivo .toml, .json o .eq, un ejemplo de ecuaciones o, "
    "si se omite, 2-3-1.",
    "At how many random points the checks look.": "En cuántos puntos aleatorios se hacen las comprobaciones.",
    "The FILE of a sweep crosses networks = [...] with activations = [...], costs = [...], seeds = 10 and backends = "
    '["numpy"]; samples = 3 are the points for each.': "El ARCHIVO de un barrido cruza networks = [...] con "
    'activations = [...], costs = [...], seeds = 10 y backends = ["numpy"]; samples = 3 son los puntos de cada red.',
    "Cluster": "Clúster",
    "Ten thousand, on all cores, by Dask.": "Diez mil, en todos los núcleos, con Dask.",
    "ADDRESS": "DIRECCIÓN",
    "Check all networks that a .toml or .json says; a sweep that was killed goes on where it stopped.": (
        "Comprueba todas las redes que dice un .toml o .json; un barrido interrumpido sigue donde se quedó."
    ),
    "Spread the work over the workers of this Dask scheduler, or over the cores of this machine: local.": (
        "Reparte el trabajo entre los procesos de este planificador de Dask, o los núcleos de esta máquina: local."
    ),
    "Draw the errors, too: DIR/verification.svg; those of a sweep are in DIR/sweep.csv and .svg.": (
        "Dibuja también los errores: CARPETA/verification.svg; los de un barrido quedan en CARPETA/sweep.csv y .svg."
    ),
    "Replace a plot that symbackprop did not write; begin a sweep anew.": "Sustituye una gráfica que no escribió "
    "symbackprop; empieza un barrido de nuevo.",
    "Every network of a file, with every activation and cost, on Dask.": "Cada red de un archivo, con cada activación "
    "y cada coste, con Dask.",
    "The built-in network 2-3-1.": "La red incorporada 2-3-1.",
    "Another one, at 10 points.": "Otra, en 10 puntos.",
    "The errors as a picture, too: report/verification.svg.": "También los errores en una figura: "
    "report/verification.svg.",
    "Usage": "Uso",
    "Options": "Opciones",
    "Commands": "Órdenes",
    "Examples": "Ejemplos",
    "[OPTIONS]": "[OPCIONES]",
    "COMMAND [ARGS]...": "ORDEN [ARGUMENTOS]...",
    "[COMMAND] [ARGS]...": "[ORDEN] [ARGUMENTOS]...",
    "numpy and scalar": "numpy y scalar",
    "Whose code is looked at (symbackprop list backends).": "De qué backend es el código que se mira (symbackprop "
    "list backends).",
    "What PyTorch computes of an example of equations.": "Lo que calcula PyTorch de un ejemplo de ecuaciones.",
    "{a} · backend {b}": "{a} · backend {b}",
    "Work one sample, or a small batch, through with numbers.": "Calcula una muestra, o un lote pequeño, paso a "
    "paso con números.",
    "The forward pass, the backward pass and, with --steps, some steps of gradient descent, each line as formula = "
    "formula with numbers = value. Numbers are rounded where they are shown and nowhere else. Of a batch, x and "
    "y of --values with a row for each sample, every sample is worked through, then the means.": (
        "La pasada hacia delante, la pasada hacia atrás y, con --steps, algunos pasos de descenso por el "
        "gradiente, cada línea como fórmula = fórmula con números = valor. Los números se redondean donde se "
        "muestran y en ningún otro sitio. De un lote, con x e y de --values con una fila por muestra, se calcula "
        "cada muestra y después las medias."
    ),
}
