"""The story in English."""

from __future__ import annotations

from symbackprop.exposition.languages import LANGUAGES, Language

__all__: list[str] = []

SENTENCES = {
    # what a format says itself
    "title": "Backpropagation in a {shape} network",
    "word.figure": "Figure",
    "word.table": "Table",
    "word.otherwise": "otherwise",
    "word.picture": "Picture",
    "word.input": "input",
    "word.layer": "layer",
    # formulas read aloud
    "word.spoken.equals": "equals",
    "word.spoken.is defined as": "is defined as",
    "word.spoken.becomes": "becomes",
    "word.spoken.leads to": "leads to",
    "word.spoken.is about": "is about",
    "word.spoken.differs from": "differs from",
    "word.spoken.is greater than": "is greater than",
    "word.spoken.is at least": "is at least",
    "word.spoken.is less than": "is less than",
    "word.spoken.is at most": "is at most",
    "word.spoken.and": "and",
    "word.spoken.or": "or",
    "word.spoken.not": "not",
    "word.spoken.times": "times",
    "word.spoken.by": "by",
    "word.spoken.entrywise": "times, entry by entry,",
    "word.spoken.partial": "partial",
    "word.spoken.nabla": "nabla",
    "word.spoken.infinity": "infinity",
    "word.spoken.ones": "the vector of ones",
    "word.spoken.no case": "no case",
    "word.spoken.group": "open parenthesis {0} close parenthesis",
    "word.spoken.bracket": "open bracket {0} close bracket",
    "word.spoken.absolute": "the absolute value of {0}, end of absolute value",
    "word.spoken.norm": "the norm of {0}, end of norm",
    "word.spoken.rounded up": "{0}, rounded up,",
    "word.spoken.rounded down": "{0}, rounded down,",
    "word.spoken.squared": "{0} squared",
    "word.spoken.cubed": "{0} cubed",
    "word.spoken.plus": "plus {0}",
    "word.spoken.minus": "minus {0}",
    "word.spoken.layer": "{0} of layer {1}",
    "word.spoken.sub": "{0} sub {1}",
    "word.spoken.power": "{0} to the power {1}",
    "word.spoken.entry power": "{0} with every entry to the power {1}",
    "word.spoken.prime": "{0} prime",
    "word.spoken.transposed": "{0}, transposed,",
    "word.spoken.capital": "capital {0}",
    "word.spoken.over": "{0} over {1}",
    "word.spoken.fraction": "the fraction {0} over {1}, end of fraction",
    "word.spoken.derivative": "the derivative with respect to {0} of {1}",
    "word.spoken.gradient": "the gradient of {1} with respect to {0}",
    "word.spoken.root": "the square root of {0}, end of root",
    "word.spoken.whole sum": "the sum over {0} of {1}",
    "word.spoken.sum": "the sum over {0} from {1} to {2} of {3}",
    "word.spoken.end of sum": "{0}, end of sum,",
    "word.spoken.of": "{0} of {1}",
    "word.spoken.if": "{0} if {1}",
    "word.spoken.cases": "by cases: {0}; end of cases",
    "word.spoken.matrix": "the matrix with the rows {0}; end of matrix",
    "thousands": ",",
    "decimal": ".",
    "quoted": "“…”",
    "and": "and",
    "to": "to",
    # what a page says itself
    "page.skip": "Skip to the text",
    "page.contents": "Contents",
    "page.theme": "Light / dark",
    "page.copy": "Copy this formula",
    "page.copy.latex": "Copy LaTeX",
    "page.copy.mathml": "Copy MathML",
    "page.copied": "Copied",
    "page.copy.failed": "Not copied: the browser does not allow it",
    "page.formula": "Formula, wider than the page: scroll sideways",
    # what a deck says itself
    "deck.notes": "notes",
    "deck.next": "Next",
    "deck.blocked": "The browser does not let the window for the speaker open; allow it for this file.",
    # what is told about one part of the picture
    "path.hint": "Point at a connection, a neuron or a bias b, or reach it with the Tab key: its path to the cost "
    "lights up. Below stand the links of the path, each with its value and with how many there are of it between "
    "whole layers. A click keeps it.",
    "path.panel": "The chosen part and its path to the cost",
    "path.chain": "{title}: the links from it to the cost, each with its value and the shape of its layer",
    "path.shape": "whole layers:",
    "path.w": "Weight from neuron {k} of layer {before} to neuron {j} of layer {layer}",
    "path.w.first": "Weight from input {k} to neuron {j} of layer {layer}",
    "path.b": "Bias of neuron {j} of layer {layer}",
    "path.a": "Error of neuron {j} of layer {layer}",
    "path.x": "Input {k}",
    "path.product": "the links along the path, multiplied",
    "path.sum": "along each path the product of its links; the paths add up",
    "path.input": "with the errors of layer 1",
    "path.by": "by {name}; the whole layer has {shape} of them",
    "path.error": "by {name}",
    "path.assuming": "by {name}, since {assumption}",
    # 1 the network
    "opening": "A neural network turns numbers into numbers in many small steps, and a *cost* says how far the "
    "result is from what it should have been. To learn is to lower the cost, so for each parameter one question has "
    "to be answered: if it is turned a little, by how much does the cost change? This text answers it for all "
    "{count} weights and biases of a {shape} network. It needs one tool, the chain rule, and it takes one link at a "
    "time. Every line follows from the line before it, and every such step was checked; section {section:evidence} "
    "says how.",
    "section.network": "The network",
    "network.parts": "Read the picture from left to right. The input {x} enters. Every neuron adds up what reaches "
    "it, each arrival multiplied by the *weight* of its connection, adds a *bias* of its own, and passes the sum "
    "through its *activation function*. What the last layer gives is compared with the target {y}, and the "
    "comparison is a single number: the cost {C}.",
    "figure.network": "The network {shape}. The thick lines are every way by which the weight {w} reaches the cost: "
    "through one neuron at first, then through all that come after it.",
    "figure.network.flat": "The network {shape}. The thick line is the way by which the weight {w} reaches the cost.",
    "alt.network": "A network with layers of {widths} neurons, from the input on the left to the cost on the right. "
    "Highlighted: the connection from input {k} to neuron {j} of layer 1, and every connection after it.",
    "network.letters": "The letters are those of the textbooks. A superscript in parentheses is always the number of "
    "a layer, never a power.",
    "header.letter": "Letter",
    "header.meaning": "Meaning",
    "letter.l": "a layer; {L} is the last one, here {number}",
    "letter.n": "number of neurons of layer {l}",
    "letter.w": "weight of the connection from neuron {k} of layer {before} to neuron {j} of layer {l}",
    "letter.b": "bias of neuron {j} of layer {l}",
    "letter.z": "weighted sum: what neuron {j} of layer {l} receives, its bias included",
    "letter.a": "activation: what neuron {j} of layer {l} gives; for {zero} it is the input {input}",
    "letter.y": "target: what neuron {j} of the last layer should give",
    "letter.C": "cost of one sample",
    "letter.delta": "error of neuron {j} of layer {l}; section {section:error} introduces it",
    "header.layer": "Layer",
    "header.neurons": "Neurons",
    "header.activation": "Activation",
    "header.weights": "Weights",
    "header.biases": "Biases",
    "cell.input": "(input)",
    "network.count": "Each neuron has one weight per neuron of the layer before it, and one bias. Together they are "
    "{count} numbers to be learned:",
    # 2 forward
    "section.forward": "Forward: the cost as one composition",
    "forward.recipe": "To compute the output, go through the layers from {first} to {last}, with {x} for the input, "
    "and in each of them do the same two things; at the end, compute the cost:",
    "remark.z": "weighted sum, in every layer",
    "remark.a": "activation, in every layer",
    "remark.a.layer": "activation, in layer {layers}",
    "remark.a.layers": "activation, in layers {layers}",
    "remark.cost": "cost of one sample",
    "forward.where": "The functions are:",
    "forward.erf": "Here erf is the error function of Gauss, which is 0 at 0 and has this derivative:",
    "function.sigmoid": "sigmoid",
    "function.tanh": "hyperbolic tangent",
    "function.relu": "rectifier",
    "forward.composition": "Substitute these equations into one another, and the cost turns out to be a function of a "
    "function of a function. Over the last layer, with {W} for the matrix of all its weights, and {b}, {z} and {a} "
    "without an index for all its neurons at once:",
    "forward.whole": "And {a} is itself such a composition. Back to the input:",
    "forward.path": "The parameters sit inside. Turn {w} a little: first the weighted sum that it enters moves, then "
    "the activation of that neuron, then everything that comes after it, and in the end {C}. That is the thick path "
    "in the picture.",
    "forward.short": "Without any names in between, the cost of even so small a network is already a formula that "
    "nobody would care to differentiate in one piece, and nobody needs to:",
    "forward.long": "Without any names in between, the cost of this network would be a formula of {count} "
    "operations. Nobody differentiates that in one piece, and nobody needs to.",
    # 3 chain rule
    "section.chain": "The chain rule",
    "chain.gears": "Three gears mesh. While the first makes one turn, the second makes 3; while the second makes one, "
    "the third makes 5. Such a number is a *rate*: it says how many times as fast the next one goes. The letters "
    "{first}, {second} and {third} count the turns.",
    "figure.gears": "Three gears, with the rate below each arrow. From the first to the third the rates multiply: "
    "{product}.",
    "alt.gears": "A chain of the turns of three gears: the rate 3 below its first arrow, the rate 5 below its second, "
    "and below both of them 3 times 5 equals 15.",
    "chain.gears.product": "So the third gear goes 15 times as fast as the first, not 8 times: rates along a chain "
    "multiply, they do not add.",
    "chain.gears.slide": "Three gears mesh: while the first turns once, the second turns 3 times; while the second "
    "turns once, the third turns 5 times. Such a number is a *rate*; {first}, {second} and {third} count the turns.",
    "chain.gears.product.slide": "",
    "part.rates": "From a weight to the cost",
    "chain.rates": "A weight reaches the cost in the same way. Follow one weight of the last layer, {w}. It moves "
    "{z}, which moves {a}, which moves {C}. Each of these steps has a rate, its derivative: how many times as fast "
    "the next quantity changes, for a small change of the one before.",
    "chain.rates.slide": "Turn one weight of the last layer a little: {w} moves {z}, which moves {a}, which moves "
    "{C}. Each step has a *rate*: its derivative.",
    "figure.chain": "One weight of the last layer on its way to the cost: the picture of the gears, one link longer. "
    "Below each arrow stands its rate.",
    "figure.chain.mixing": "One weight of the last layer on its way to the cost, along one of its paths: {z} moves "
    "every activation of the layer. Below each arrow stands its rate.",
    "alt.chain": "A chain from a weight to the weighted sum, to the activation, to the cost, with a derivative below "
    "each of its three arrows.",
    "chain.product": "What holds for gears holds here. The rates are other numbers at every point, but they multiply: "
    "*The derivative of a composition is the product of the derivatives along the path.*",
    "chain.product.slide": "Rates multiply, as with the gears: *the derivative of a composition is the product of the "
    "derivatives along the path.*",
    "chain.paths": "Where several paths lead from a parameter to the cost, each contributes its product, and the "
    "contributions add up. This will be needed one layer further back.",
    "chain.paths.slide": "Where several paths lead from a parameter to the cost, their products add up.",
    "chain.mixing": "The sum is there because in this layer {z} reaches every activation, not only {a}: several "
    "paths lead to the cost, each contributes its product, and the contributions add up.",
    # 4 links
    "section.links": "The last layer: three links",
    "links.plan": "Three rates, then, for the weight {w}, and each is easy when it is taken alone.",
    "part.link.cost": "First link: {link}",
    "link.cost": "How fast does the cost change with an activation? Insert the cost and differentiate term by term. "
    "Only the term of neuron {j} itself contains {a}; the derivative of every other term is zero. The bracket "
    "{bracket} says just this: it is 1 where {i} equals {j}, and 0 elsewhere.",
    "link.cost.slope": "Written out, this slope is:",
    "link.slopes.inside": "The slopes that stand in it are, written out:",
    "part.link.activation": "Second link: {link}",
    "link.activation": "How fast does an activation change with its weighted sum? Neuron {j} applies {name} to {z} "
    "and to nothing else, so this is an ordinary derivative, the same in every layer that uses {name}.",
    "link.again": "Neuron {j} applies {name} to {z} alone, so this is an ordinary derivative again:",
    "link.mixing": "With {name}, each activation depends on the weighted sums of the whole layer. There is a "
    "derivative for every pair of neurons, {i} for the activation and {j} for the weighted sum.",
    "link.known": "This form is a gift: {a} was computed in the forward pass, so the derivative costs next to nothing.",
    "note.kink.title": "At the kink",
    "note.kink": "The derivative of {name} jumps, and where it jumps there is none. By convention, the one that most "
    "software follows: {values}.",
    "part.link.input": "Third link: {link}",
    "link.input": "How fast does the weighted sum change with a parameter? It is a sum of products, so the "
    "derivative with respect to a weight is whatever the weight is multiplied by; and the bias {b} is passed on as "
    "it is.",
    "part.product": "The product",
    "link.product": "Multiply the three links, and the derivative of the cost with respect to a weight of the last "
    "layer is there:",
    # 5 error
    "section.error": "A name for what repeats",
    "error.repeats": "For the bias, {b}, only the third link differs: it is 1 instead of {a}. And all the weights "
    "that lead into one neuron share the first two links. What repeats deserves a name:",
    "error.meaning": "This is the *error* of the neuron: the rate at which the cost changes with its weighted sum. If "
    "{z} grows a little, {C} grows about {delta} times as much. The letter {delta} stands for it from here on.",
    "part.BP1": "The error of the last layer",
    "error.last": "For any cost, and any activation function {sigma} of the last layer, the chain rule gives:",
    "error.last.mixing": "For any cost, and any activation of the last layer in which the neurons mix, the chain "
    "rule gives:",
    "error.here": "Insert the links of section {section:links}, those of the cost and the activation of this network:",
    "note.simplex.title": "What this last step supposes",
    "note.simplex": "The last step uses {assumption}: the target is a distribution over the classes, as it is with "
    "one-hot labels. Without that, the line before it is the result.",
    "part.BP34": "The parameters of a layer",
    "error.parameters": "Once {delta} is known, whatever the layer, the parameters of that layer are one link away:",
    "error.reading": "In words: the derivative with respect to a weight is the error of the neuron it leads to, times "
    "the activation of the neuron it comes from. For a bias, which is a weight on a constant 1, it is the error "
    "itself.",
    # 6 back
    "section.back": "One layer back",
    "back.idea": "For the layer before, the chain is the same, only longer. But most of it has been computed "
    "already: from the weighted sum of the next layer onwards it is that layer's error.",
    "figure.longer": "A weight one layer further back. The links under the brace have a name: {delta}.",
    "figure.longer.mixing": "A weight one layer further back, along one of its paths. What comes after {z}, over all "
    "the paths through the last layer, has a name: {delta}.",
    "alt.longer": "A chain from a weight of the last hidden layer through its weighted sum and activation to the "
    "weighted sum and activation of the last layer and to the cost; the links from the last weighted sum on are "
    "marked as its error.",
    "back.none": "This network has no hidden layer, so its derivation ends here. In a deeper network the chain would "
    "be the same, only longer, and most of it would be known already; this is how it goes on.",
    "back.link": "The new link is {link}. The activation {a} enters every neuron of layer {above}, so there is one "
    "path through each of them, and the contributions add up:",
    "back.error": "Now the error of layer {l} follows in the same way as that of the last layer, from the activation "
    "that comes after it:",
    "back.reading": "Read it as a sentence: the errors of the next layer come back along the very connections by "
    "which the signal went forward, each multiplied by its weight, and the slope of the activation says how much of "
    "them passes.",
    "part.hidden": "Hidden layers with {name}",
    "back.here": "In the hidden layers that use {name}, its derivative is the one of section {section:links}:",
    "back.with": "With this derivative, the error of these layers becomes:",
    # 7 equations
    "section.equations": "The four equations",
    "equations.general": "This is all of backpropagation. In the general equations {sigma} stands for whatever "
    "activation function the layer {l} has:",
    "equations.general.named": "This is all of backpropagation:",
    "header.equation": "Equation",
    "header.index": "Entry by entry",
    "header.matrix": "As matrices, one sample",
    "header.rows": "As matrices, a batch of {m} samples",
    "cell.z": "weighted sum",
    "cell.a": "activation",
    "cell.layer": "{name}, layer {layers}",
    "cell.layers": "{name}, layers {layers}",
    "table.general": "Forward and backward, for any cost and any activations that work neuron by neuron.",
    "table.general.mixing": "Forward and backward, for any cost, with hidden activations that work neuron by neuron.",
    "table.general.any": "Forward and backward, for any cost.",
    "equations.matrix": "In the matrix form vectors are columns; {gradient} holds the derivatives of the cost with "
    "respect to the entries of {w}, each in the place of its entry; {product} is a product entry by entry.",
    "equations.rows": "Programs compute many samples at once and put each sample in a row. Capital letters stand for "
    "such batches, and {one} is a column of ones. Each row of {delta} is the error of one sample, made of the cost of "
    "that sample; in BP3 and BP4, {C} is the mean of the costs of the {m} samples:",
    "equations.jacobian": "The entries of a Jacobian matrix differ from sample to sample, so no single matrix serves "
    "a whole batch: the equation that contains one is written for one sample, as a row.",
    "table.rows": "The same for a batch, one sample per row.",
    "part.here": "For this network",
    "equations.here": "With the cost and the activations of this network, the first two become:",
    "equations.power": "The ring in {power} says that every entry is raised to that power by itself.",
    "table.specific": "The errors of this network; BP3 and BP4 are the same for every network.",
    "part.order": "The order of computation",
    "equations.order": "Forward first, keeping every {z} and {a}; then backward, once, from the last layer to the "
    "first:",
    "reason.pass": "{name}, layer {layer}",
    "reason.pass.BP1": "{name}: first, for {last}",
    "reason.pass.BP2": "{name}: then for {l} from {before} down to 1",
    "reason.pass.BP3": "{name}: in every layer, as soon as its error is known",
    "reason.pass.BP4": "{name}: likewise",
    "equations.price": "One pass gives all {count} derivatives, for about the price of two more forward passes. To "
    "measure them by turning one parameter after the other would take {runs} forward passes.",
    # 8 descent
    "section.descent": "What the gradient is for",
    "descent.idea": "The gradient points to where {C} grows fastest. So take a small step the other way; how small, "
    "the *learning rate* {eta} says:",
    "reason.descent.w": "a step against the derivative",
    "reason.descent.w.value": "by BP4",
    "reason.descent.b": "the same for a bias",
    "reason.descent.b.value": "by BP3",
    "descent.batch": "With several samples, the cost is the mean of theirs, and so is the gradient: average the "
    "derivatives over the {m} samples of a batch, then take one step.",
    "descent.difference": "*Backpropagation* computes the gradient; *gradient descent* uses it, and neither is the "
    "other. When a company looks into a bad quarter, the question goes down from the board through every department "
    "to every desk, and each passes on how strongly the result depends on those below it. These reports are the "
    "gradient. What anybody then changes is another matter: that is the descent, and the same reports serve any other "
    "way to do better.",
    # 9 evidence
    "section.evidence": "The evidence",
    "evidence.how": "The derivation has {steps} steps, and none was accepted on trust. For each one, both sides were "
    "evaluated in {worlds} small networks, in each of which every size is another one, at random values, for values of "
    "their indices from the first to the last, and compared: {points} comparisons in all.",
    "trust.identity-tested": "exact",
    "trust.symbolic": "symbolic",
    "trust.numeric": "numeric",
    "trust.assumed": "exact, if assumed",
    "trust.identity-tested.meaning": "*Exact* means that the two sides were the same rational number at every point. "
    "That is no proof, but two different formulas almost never agree at a random point, let alone at all of them.",
    "trust.symbolic.meaning": "*Symbolic* means that the two sides agreed just as exactly at every point, on numbers "
    "that are not rational: their difference vanished by the laws of roots, exponentials and logarithms.",
    "trust.numeric.meaning": "*Numeric* means that they agreed to 40 digits, where exponentials or logarithms leave "
    "no rational number to compare.",
    "trust.assumed.meaning": "*Exact, if assumed* means exact at points at which the stated assumption holds.",
    "header.result": "Result",
    "result.layer": "{name} in layer {layers}",
    "result.layers": "{name} in layers {layers}",
    "result.cost by activation": "first link",
    "result.activation by input": "second link, {name}",
    "result.input by weight": "third link, for a weight",
    "result.input by bias": "third link, for a bias",
    "result.last weight": "the product of the links",
    "result.error to activation": "the link between two layers",
    "header.steps": "Steps",
    "header.points": "Comparisons",
    "header.trust": "Agreement",
    "table.results": "What was derived, and what stands behind the weakest step of each.",
    "header.rule": "Rule",
    "table.rules": "The rules by which one line follows from another.",
    "evidence.conditions": "The result holds under these conditions:",
    "header.condition": "Condition",
    "condition.sums to one": "the targets of a sample add up to 1",
    "condition.differentiable": "differentiable wherever evaluated",
    "condition.kink": "a convention, where the derivative of {f} jumps",
    "table.conditions": "What the derivation supposes.",
    "evidence.numbers": "And the numbers: the gradient computed by these equations was compared with gradients "
    "obtained in other ways.",
    "check.hand-written NumPy": "backpropagation written by hand",
    "check.central differences": "differences of the cost",
    "check.complex steps": "steps in the imaginary direction",
    "check.composed cost, 50 digits": "the composed cost, in 50 digits",
    "check.slopes at kinks": "the slopes at kinks",
    "check.both sides of every case": "both sides of every case distinction",
    "header.compared": "Compared with",
    "header.error": "Largest relative error",
    "header.tolerance": "Allowed",
    "header.verdict": "Check",
    "verdict.ok": "passed",
    "verdict.failed": "FAILED",
    "table.numbers": "The gradient against independent witnesses.",
    # a worked example
    "example.title": "A worked example: one sample in a {shape} network",
    "example.opening": "Here backpropagation is done once, by hand. One sample goes forward through a {shape} network, "
    "its error comes back, and every weight and every bias gets its derivative. Each line is a formula of the "
    "derivation, then the same formula with numbers in it, then its value.",
    "example.rounding": "Numbers are rounded where they are shown, to {digits} significant digits, and *nowhere "
    "else*: every value is computed from numbers that are not rounded, so its last digit can differ from what the "
    "shown ones would give. The sign ≈ says that digits were left out, the sign = that none were.",
    "section.example-given": "What is given",
    "example.network": "The network is that of the picture.",
    "example.sample": "Its sample is the input {x} with the target {y}:",
    "example.parameters": "Its weights and biases, layer by layer, are at the beginning:",
    "example.rate": "For gradient descent the learning rate will be {rate}.",
    "section.example-forward": "Forward",
    "example.forward": "From the first layer to the last, each neuron does the same two things.",
    "part.example-layer": "Layer {layer}",
    "example.z": "It adds up what reaches it, each arrival times its weight, and its bias:",
    "example.a": "Then it applies {name}:",
    "example.whole": "The whole layer at once, as matrices:",
    "part.example-cost": "The cost",
    "example.cost": "What the last layer gives is compared with the target. The cost {C} of this sample is:",
    "section.example-backward": "Backward",
    "example.backward": "Now from the last layer to the first: in each, the errors {delta} of its neurons, and with "
    "them the derivatives of its biases and weights. Four equations say how, in any network with such activations:",
    "example.own": "Below, BP1 and BP2 are written with the cost and the activations of this network.",
    "example.error.last": "The errors of the last layer, by BP1:",
    "example.error": "The errors, by BP2, from those of layer {above}:",
    "example.BP3": "The derivative with respect to a bias is the error, by BP3:",
    "example.BP4": "The derivative with respect to a weight is the error times the activation that enters, by BP4:",
    "section.example-gradient": "The gradient",
    "example.gradient": "These are all {count} derivatives, each in the place of its parameter:",
    "section.example-descent": "Gradient descent",
    "example.step": "Every parameter takes a step against its derivative, as large as the learning rate {eta} says; "
    "for one weight and one bias of the last layer:",
    "example.again": "Step {step}, with the derivatives at the new values:",
    "header.parameter": "Parameter",
    "header.derivative": "Derivative",
    "header.old": "Old value",
    "header.new": "New value",
    "table.example.step": "Step {step}: every parameter before and after.",
    "example.costs": "The cost of the sample was {old} at the beginning; now it is {new}.",
    "header.step": "Step",
    "header.cost": "Cost",
    "table.example.costs": "The cost after each step.",
    "example.evidence": "The {count} numbers behind this text are values of the derived equations, exact where they "
    "are rational, else to {digits} digits; each error was computed from every line of its derivation, with the same "
    "result.",
    "example.checks": "The gradient was also computed in other ways, which know nothing of these equations:",
    # reasons: a rule in general, and what it does in a particular chain
    "rule.chain-rule": "chain rule",
    "rule.name": "a name is given, or written out",
    "rule.insert-forward": "insert the forward equation",
    "rule.differentiate": "differentiate",
    "rule.collapse-delta": "only the term where the bracket is 1 remains",
    "rule.restore-known": "recognise what the forward pass has computed",
    "rule.write-out": "write out the definition",
    "rule.substitute-result": "insert an earlier result",
    "rule.arrange": "simplify",
    "rule.assume": "by assumption",
    "reason.cost by activation.insert-forward": "insert the cost",
    "reason.activation by input.insert-forward": "insert the activation",
    "reason.activation by input.differentiate": "differentiate",
    "reason.activation by input.restore-known": "written in the activation, which is known",
    "reason.BP1.name": "this is what the name means",
    "reason.BP2.name": "this is what the name means",
    "reason.BP1.chain-rule": "chain rule, through the activations of the layer",
    "reason.BP2.again": "as for the last layer",
    "reason.BP2.chain-rule": "chain rule, through the activations of the layer",
    "reason.BP3.chain-rule": "chain rule, through the weighted sums of the layer",
    "reason.BP4.chain-rule": "chain rule, through the weighted sums of the layer",
    "reason.error to activation.chain-rule": "chain rule, one path through each neuron of the next layer",
    "reason.BP3.name": "the error has a name",
    "reason.BP4.name": "the error has a name",
    "reason.error to activation.name": "the error has a name",
    "reason.last weight.chain-rule": "chain rule: the product along the path",
    "rule.substitute-result.cost": "first link",
    "rule.substitute-result.activation": "second link",
    "rule.substitute-result.activation cancelled": "second link, of which a factor cancels",
    "rule.substitute-result.input": "third link",
    "rule.collapse-delta.split": "the sum is split; of the part with the bracket one term remains",
    "reason.activation by input.write-out": "the definition, written out and differentiated",
    "reason.BP1 here.substitute-result.general": "BP1, with this activation",
    "reason.BP2 here.substitute-result.general": "BP2, with this activation",
    "reason.BP2.substitute-result": "the derivative just found",
    "reason.BP2 here.substitute-result.activation": "the derivative of the activation",
    "rule.assume.sums to one": "since {assumption}",
    # what slides show of a paragraph, and what they have for a title: what to take away
    "opening.slide": "Each of the {count} weights and biases of this network has a share in what it gets wrong. If one "
    "of them is turned a little, by how much does the cost change?",
    "section.network.slide": "A network ends in one number, the cost",
    "network.parts.slide": "Each neuron adds up what reaches it, each arrival times the *weight* of its connection, "
    "and a *bias*; then it applies its *activation function*. The *cost* {C} compares the output with the target {y}.",
    "part.letters": "The letters",
    "part.letters.slide": "A superscript (l) is a layer, never a power",
    "network.letters.slide": "",
    "letter.delta.short": "error of neuron {j} of layer {l}: how fast {C} changes when {z} does",
    "section.forward.slide": "Forward: two steps a layer, then the cost",
    "forward.recipe.slide": "From layer {first} to the last one, {last}, with {x} for the input:",
    "forward.where.slide": "",
    "part.composition": "A function of a function",
    "part.composition.slide": "The cost is one long composition",
    "forward.composition.slide": "{W} is the matrix of all weights of a layer; {b}, {z} and {a} without an index are "
    "all its neurons at once. Over the last layer:",
    "forward.whole.slide": "Back to the input:",
    "forward.path.slide": "Turn {w} a little: its weighted sum moves, then the activation of that neuron, then all "
    "that comes after it, and in the end {C}.",
    "section.chain.slide": "Rates along a chain multiply",
    "links.plan.slide": "",
    "part.link.cost.slide": "First link: how the cost answers to the output",
    "link.cost.slide": "How fast does the cost change when one activation of the last layer does?",
    "link.cost.slope.slide": "The slope in it is:",
    "link.slopes.inside.slide": "The slopes in it are:",
    "part.link.activation.slide": "Second link: the slope of the activation",
    "link.activation.slide": "Neuron {j} applies {name} to {z} and to nothing else, so this is an ordinary derivative.",
    "link.again.slide": "Neuron {j} applies {name} to {z} alone: an ordinary derivative again.",
    "link.mixing.slide": "With {name}, each activation depends on every weighted sum of the layer. The bracket "
    "{bracket} is 1 where {i} equals {j}, and 0 elsewhere.",
    "link.known.slide": "All of it was computed in the forward pass: this derivative costs next to nothing.",
    "part.link.input.slide": "Third link: what enters through the weight",
    "link.input.slide": "The weighted sum is a sum of products: the derivative with respect to a weight is what that "
    "weight is multiplied by.",
    "part.product.slide": "Three links multiplied give the derivative",
    "link.product.slide": "The links go into the product one after the other:",
    "section.error.slide": "What repeats gets a name: the error",
    "error.repeats.slide": "The weights and the bias of a neuron share the first two links; only the third one "
    "differs. The shared part gets a letter:",
    "error.meaning.slide": "This is the *error* of the neuron: if {z} grows a little, {C} grows about {delta} times as "
    "much.",
    "part.BP1.slide": "The error is the product of two links",
    "error.last.slide": "For any cost and any activation function {sigma} of the last layer:",
    "error.last.mixing.slide": "For any cost and any activation of the last layer in which the neurons mix:",
    "part.BP3": "The bias",
    "part.BP3.slide": "A bias gets the error itself",
    "error.parameters.slide": "Once {delta} is known, the parameters of its layer are one link away:",
    "part.BP4": "The weight",
    "part.BP4.slide": "A weight gets the error times its input",
    "error.weights": "For a weight, the last link is the activation that enters through it:",
    "error.reading.slide": "",
    "section.back.slide": "One layer back, most is known already",
    "back.idea.slide": "The chain is the same, only longer. From the weighted sum of the next layer onwards it is that "
    "layer's error.",
    "back.none.slide": "This network has no hidden layer. In a deeper one it goes on like this:",
    "part.sent": "What a layer sends back",
    "part.sent.slide": "Errors travel back along the weights",
    "back.link.slide": "{a} enters every neuron of layer {above}: one path through each of them, and the paths add up.",
    "part.BP2": "The error of a layer",
    "part.BP2.slide": "The error of a layer comes from the next",
    "back.error.slide": "As in the last layer, but with the derivative just found:",
    "back.reading.slide": "The errors come back along the connections by which the signal went forward, and the slope "
    "of the activation function says how much of them passes.",
    "part.hidden.slide": "Hidden layers: the slope of {name}",
    "section.equations.slide": "All of backpropagation is four equations",
    "equations.meaning": "Each of the four equations says one thing:",
    "equations.meaning.slide": "{sigma} is the activation function of a layer. The *error* {delta} of its neurons says "
    "how fast {C} changes when their weighted sums {z} do.",
    "reason.meaning.BP1": "{name}: the last errors are slope of the cost times slope of the activation",
    "reason.meaning.BP2": "{name}: the errors of the next layer come back along the weights",
    "reason.meaning.BP3": "{name}: a bias gets the error itself",
    "reason.meaning.BP4": "{name}: a weight gets the error times what entered through it",
    "part.matrices": "The same for whole layers",
    "part.matrices.slide": "Entry by entry, and for whole layers at once",
    "equations.matrix.slide": "{gradient} holds the derivatives with respect to the entries of {w}; {product} is a "
    "product entry by entry.",
    "table.backward": "The four equations, entry by entry and as matrices.",
    "part.here.slide": "In this network, known values give the errors",
    "equations.here.slide": "With its cost and its activations, the first two become:",
    "part.order.slide": "One pass back gives all {count} derivatives",
    "equations.order.slide": "Forward first, keeping every {z} and {a}; then once from the last layer to the first:",
    "equations.price.slide": "",
    "section.descent.slide": "Backpropagation computes, descent uses",
    "descent.idea.slide": "All derivatives together are the *gradient*. A small step against it lowers {C}; how small, "
    "the *learning rate* {eta} says:",
    "descent.batch.slide": "",
    "descent.difference.slide": "",
    "evidence.line": "Each of the {steps} steps behind these slides was checked: both sides agreed at {points} random "
    "points.",
    "evidence.line.slide": "Each of the {steps} steps behind these slides was checked at random values.",
    "part.path": "The product along the path",
    "part.path.slide": "The derivative is the product along the path",
    "back.error.any": "Now the error of layer {l} follows in the same way as that of the last layer, from the "
    "activation that comes after it. Here {sigma} is any activation function that works neuron by neuron:",
    "back.error.any.slide": "As in the last layer; {sigma} is any activation function that works neuron by neuron:",
    # reasons where the lines just before are left out
    "rule.collapse-delta.brief": "differentiate; no other term contains it",
    "rule.restore-known.brief": "differentiate, written in the activations, which are known",
    "rule.assume.brief": "add up, by assumption",
    "rule.assume.sums to one.brief": "add up, since {assumption}",
    "reason.cost by activation.collapse-delta.brief": "differentiate: only the term of neuron {j} contains it",
    "reason.input by weight.collapse-delta.brief": "differentiate: only one term contains this weight",
    "reason.BP1.collapse-delta.brief": "only neuron {j} has this weighted sum: the slope of its activation remains",
    "reason.BP2.collapse-delta.brief": "only neuron {j} has this weighted sum: the slope of its activation remains",
    "reason.BP3.collapse-delta.brief": "only the sum of neuron {j} contains this bias",
    "reason.BP4.collapse-delta.brief": "only the sum of neuron {j} contains this weight",
    "reason.error to activation.collapse-delta.brief": "each sum multiplies it by one weight",
    # one page
    "sheet.title": "Backpropagation on one page: {shape}",
    "sheet.equations": "The four equations",
    "sheet.forward": "Forward",
    "sheet.backward": "Backward, in this order",
    "sheet.passes": "Forward, then backward",
    "sheet.letters": "Letters",
    "sheet.shapes": "Shapes",
    "sheet.update": "Gradient descent",
    "sheet.names": "{w} weights, {b} biases, {z} weighted sums, {a} activations, {y} target, {C} cost, {delta} errors; "
    "layers {l} from 1 to {L}.",
    "sheet.sizes": "{w} is {n} × {before}, everything else of the layer has {n} entries.",
    "sheet.size": "{w}: {shape}.",
    # one derivative
    "partial.title": "One derivative, step by step, in a {shape} network",
    "partial.path": "Turn {w} a little, and this is how the change reaches the cost:",
    "partial.path.slide": "Turn {w} a little, and this is how the change reaches the cost:",
    "figure.partial": "The path to the cost. Below each arrow stands its rate: how much the next quantity changes for "
    "a small change of the one before.",
    "alt.partial": "A chain from the parameter through the quantities on its path to the cost, with a derivative below "
    "each of its arrows.",
    "part.partial.steps": "The links, multiplied",
    "part.partial.steps.slide": "The derivative is the product of the links",
    "partial.steps": "The rates along the path are multiplied; what comes after the weighted sum is its error:",
    "partial.steps.slide": "The rates along the path are multiplied:",
    "part.partial.expanded": "Without other letters",
    "part.partial.expanded.slide": "The same in weights, biases, input and target",
    "partial.expanded": "In weights, biases, input and target alone, this derivative is:",
    "partial.expanded.slide": "With every error and every activation written out:",
    # the story of any program
    "sheet.arrays": "Arrays and shapes",
    "title.program": "Forward and back through a program of equations",
    "program.goal.cost": "the cost {C}",
    "program.goal.outputs": "any quantity {C} that is made of {outputs}",
    "program.opening": "From {given}, {count} equations compute {results}. If an entry of one of these arrays is "
    "turned a little, by how much does {goal} change? The chain rule answers that for every array, from the last "
    "equation to the first, one equation at a time. Every line follows from the line before it, and every such step "
    "was checked; section {section:evidence} says how.",
    "section.arrays": "The arrays",
    "arrays.picture": "An arrow leads from each array to what is computed from it, and in the end to {goal}. Along the "
    "arrows values are computed; against them the error comes back.",
    "figure.program": "What is computed from what, and the shapes. Rounded boxes are computed, the others are given.",
    "figure.program.loop": "What is computed from what, and the shapes. Rounded boxes are computed, the others are "
    "given; a dashed arrow leads from one step to the next.",
    "alt.program": "Boxes for the arrays {names}, with arrows from each array to what is computed from it.",
    "arrays.table": "These are all of them:",
    "arrays.constants": "Nothing is differentiated with respect to targets and constants.",
    "header.entry": "Entry",
    "header.shape": "Shape",
    "header.kind": "Kind",
    "shape.number": "a number",
    "kind.input": "input",
    "kind.target": "target",
    "kind.parameter": "parameter",
    "kind.constant": "constant",
    "kind.value": "computed",
    "kind.cost": "cost",
    "section.computation": "Forward: what is computed",
    "computation.order": "The equations in the order of computation; each uses what stands above it:",
    "range": "for {index} from {first} to {last}",
    "computation.given": "{state} once more, as what comes after the block reads it",
    "computation.recurrence": "Where an array stands on both sides, its steps are computed one after the other: each "
    "needs only steps that are there already.",
    "computation.composition": "Insert the equations into one another, and what comes out is one composition:",
    "section.rates": "The chain rule, with indices",
    "rates.idea": "An entry that is turned a little moves every entry that is computed from it, each at a rate of its "
    "own; and each of these moves the result. Along one way the rates multiply, and what arrives by different ways "
    "adds up: *one term for every entry that reads it*. That is all that the sums below say.",
    "rates.idea.slide": "An entry moves every entry that is computed from it, and each of these moves the result. "
    "Along one way the rates multiply; different ways add up: *one term for every entry that reads it*.",
    "rates.first.slide": "Here {entry} is read by {reader}:",
    "rates.known.slide": "From the last equation to the first, every rate is known before it is needed, and none is "
    "computed twice.",
    "section.rates.slide": "One term for every entry that reads it",
    "section.arrays.slide": "What is computed from what",
    "section.computation.slide": "Forward: each equation uses those above it",
    "section.onepage.slide": "What comes back, beside what went forward",
    "computation.order.slide": "",
    "computation.composition.slide": "As one composition:",
    "arrays.picture.slide": "Along the arrows values are computed; against them the error comes back.",
    "onepage.reading.slide": "",
    "rates.first": "In this program, {entry} is read by {reader}:",
    "rates.bracket": "Inside of a sum, only the term that contains the entry itself has a rate. The bracket {bracket} "
    "picks it: it is 1 where {i} equals {j}, and 0 elsewhere.",
    "rates.known": "Go through the equations from the last to the first. Then the rate of what an equation computes is "
    "known before it is needed, and never computed twice: that is the whole trick of backpropagation.",
    "section.reverse": "Back through the equations",
    "reverse.order": "One array after the other, each before those it was computed from. For each: where it is used, "
    "what therefore has to be added up, and the steps.",
    "reverse.given": "What comes after {outputs} is left open: the rates of {C} with respect to them are given.",
    "part.adjoint": "With respect to {array}",
    "part.adjoint.cost": "{array} stands in the cost itself",
    "part.adjoint.through": "The error reaches {array} through {readers}",
    "part.adjoint.many": "The error reaches {array} by {count} ways, which add up",
    "part.adjoint.time": "The error reaches {array} through {own} and from the next step",
    "reverse.in-cost": "{entry} stands in the cost itself:",
    "reverse.reader": "{entry} is used for {readers}:",
    "reverse.readers": "{entry} is used for {readers}, and each of these uses has a term of its own:",
    "reverse.in-cost.slide": "",
    "reverse.alone": "{entry} is used for {target} and for no other entry, so there is one term:",
    "reverse.every": "{entry} is used for {target} with every {indices}. Each of these brings a term, and the terms "
    "add up:",
    "reverse.time": "{entry} is used in its own step, for {own}, and once more in the next one, for {later}. So what "
    "comes back to it has two parts; the second one needs the step after it, and therefore all of this is computed "
    "from the last step to the first, *backwards through time*:",
    "reverse.time.slide": "{entry} is used for {own} and, one step later, for {later}. So the steps are gone through "
    "*backwards through time*:",
    "reason.alike": "the same steps, with other letters",
    "reverse.largest": "Only the largest entry is passed on, so only there does the rate come back; where several are "
    "equally large, to the first of them.",
    "section.onepage": "The pass on one page",
    "onepage.reading": "Forward from top to bottom on the left; then back from bottom to top on the right. Beside each "
    "equation stands the derivative with respect to what it computes, then those with respect to what it was given.",
    "header.forward": "Forward",
    "header.backward": "Backward",
    "table.onepage": "Both passes. What the backward one needs, the forward one has computed.",
    "reason.descent.parameter": "a step against the derivative, for every parameter",
    "part.short": "What repeats gets a name",
    "part.short.slide": "The error, times the slope: what repeats gets a name",
    "reverse.short": "On its way back through the function that gives {arrays}, the error is multiplied by the slope "
    "of that function, in values that the forward pass has computed. The product returns in several derivatives, so "
    "it gets a name, {deltas}:",
    "reverse.short.slide": "The error times the slope of the function returns in several derivatives. It gets a name:",
    "reason.short": "with the name for what repeats",
    "reason.short.brief": "insert, differentiate, and write it with the names for what repeats",
    "onepage.under": "Forward, from top to bottom:",
    "onepage.back": "Then back, again from top to bottom:",
    "onepage.back.slide": "Back, from top to bottom:",
    "onepage.alike": "Back, from top to bottom; of those that are equal but for the letters the first:",
    "onepage.alike.slide": "Back, from top to bottom; of those that are equal but for the letters the first:",
    "program.rule.chain-rule": "chain rule: one term for every entry that reads it",
    "program.rule.insert-forward": "insert the equation",
    "program.rule.collapse-delta.brief": "differentiate: only what contains the entry itself remains",
    "program.rule.restore-known.brief": "written with what the forward pass has computed",
    "program.rule.differentiate.brief": "insert the equation and differentiate",
    "program.rule.arrange.brief": "collect",
    "check.forward pass, 50 digits": "the equations one by one, in 50 digits",
    "check.difference quotients": "difference quotients, in 100 digits",
    "check.dual numbers, 50 digits": "rates carried along forwards, in 50 digits",
    "check.ties and kinks": "the same, where pieces meet",
}

LANGUAGES.add("en", Language("en", "English", SENTENCES))
